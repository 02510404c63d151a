-- Orders of the close that arrive at the very instants at which a bar has its extremes.
-- options: --latency 20s
strategy { name = "on_the_thirds" }
function on_bar(m, b)
  local c = b.close
  for _, order in ipairs(m:orders()) do if order.role == "entry" or order.role == "none" then order:cancel() end end
  if m.position.qty ~= 0 then m:close() return end
  m:buy(1, { price = c - 0.4, stop_loss = c - 0.41, take_profit = c + 0.4, tag = "in" })
  m:sell(1, { price = c + 0.4, stop_loss = c + 0.41, take_profit = c - 0.4, tag = "in" })
  m:buy(1, { stop = c + 0.2, price = c + 0.1, take_profit = c + 0.5, tag = "in" })
  m:sell(1, { stop = c - 0.2, price = c - 0.1, take_profit = c - 0.5, tag = "in" })
end
