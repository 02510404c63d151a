-- Tiny stops on both sides say which extreme came first; a large order follows on what they say.
strategy { name = "probe_and_react" }
function on_bar(m, b)
  for _, order in ipairs(m:orders()) do order:cancel() end
  if m.position.qty ~= 0 then m:close() end
  m:buy(0.01, { stop = b.close + 0.01, tag = "probe" })
  m:sell(0.01, { stop = b.close - 0.01, tag = "probe" })
end
function on_fill(m, f)
  if f.qty > 0.01 then return end
  if f.side == "buy" then m:sell(1, { price = f.price + 0.5, tag = "react" })
  else m:buy(1, { price = f.price - 0.5, tag = "react" }) end
end
