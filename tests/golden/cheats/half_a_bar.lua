-- Brackets that arrive half way between the two extremes.
-- options: --latency 30s
strategy { name = "half_a_bar" }
function on_bar(m, b)
  for _, order in ipairs(m:orders()) do if order.role == "entry" or order.role == "none" then order:cancel() end end
  if m.position.qty == 0 then
    m:buy(1, { price = b.close - 0.2, stop_loss = b.close - 0.8, take_profit = b.close + 0.1, tag = "in" })
    m:sell(1, { stop = b.close - 0.2, stop_loss = b.close + 0.5, take_profit = b.close - 0.6, tag = "in" })
  end
end
