-- Closes by a timer inside the bar and opens the other way before that is told.
strategy { name = "close_race" }
function on_bar(m, b)
  local c = b.close
  if m.position.qty == 0 and not m:busy() then m:buy(1, { price = c - 0.2, stop_loss = c - 0.5, take_profit = c + 0.4 }) end
  after("25s", function() m:close() end)
  after("25000000001ns", function() m:sell(1, { stop = m:round_price(c - 0.3), take_profit = m:round_price(c - 0.7) }) end)
  after("45s", function() m:cancel_all() m:close() end)
end
