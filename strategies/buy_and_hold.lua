-- Buys once with all cash, on the first bar, and holds. The line every other strategy is measured against.
strategy { name = "buy_and_hold" }

function on_bar(m, b)
  if m.position.qty == 0 and not m:busy() and not m.done then
    m.done = m:buy { quote_qty = account.free, tag = "hold" } ~= nil
  end
end
