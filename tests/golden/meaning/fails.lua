-- Trades until it fails: with a position that is protected, and with orders in the failing callback that are dropped.
strategy { name = "fails" }

function on_bar(m, b)
  m.n = (m.n or 0) + 1
  if m.n % 20 == 5 then m:buy { qty = 0.01, stop_loss = b.close * 0.995, take_profit = b.close * 1.01 } end
  if m.n % 60 == 59 then m:close() end
  if m.n == 430 then
    m:buy { qty = 0.02 }
    error("enough")
  end
end
