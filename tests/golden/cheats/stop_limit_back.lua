-- A stop limit whose limit lies behind its trigger: bought on the way back, if the way back is there.
strategy { name = "stop_limit_back" }
function on_bar(m, b)
  for _, order in ipairs(m:orders()) do order:cancel() end
  if m.position.qty ~= 0 then m:close() return end
  m:buy(1, { stop = b.close + 0.4, price = b.close + 0.1 })
  m:sell(1, { stop = b.close - 0.4, price = b.close - 0.1 })
end
