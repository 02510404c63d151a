-- Orders that arrive in the middle of a later bar, when one extreme must have passed.
-- options: --latency 90s
strategy { name = "huge_latency" }
function on_bar(m, b)
  for _, order in ipairs(m:orders()) do order:cancel() end
  if m.position.qty ~= 0 then m:close() end
  m:buy(1, { price = b.close - 0.3 })
  m:sell(1, { price = b.close + 0.3 })
end
