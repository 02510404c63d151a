-- A large bracket makes one path the worse one; small orders are placed to gain on it.
strategy { name = "sway_the_path" }
function on_bar(m, b)
  for _, order in ipairs(m:orders()) do if order.role == "entry" then order:cancel() end end
  if m.position.qty ~= 0 then m:close() return end
  m:buy(10, { stop = b.close + 0.3, price = b.close + 0.31, stop_loss = b.close - 0.3, tag = "heavy" })
  m:sell(1, { price = b.close + 0.6, stop_loss = b.close + 1.5, take_profit = b.close + 0.1, tag = "light" })
  m:buy(1, { price = b.close - 0.6, take_profit = b.close - 0.1, tag = "light" })
end
