-- A limit on each side rests through the bar; the fill of a tiny stop takes back the one that would lose.
strategy { name = "cancel_on_probe" }
function on_bar(m, b)
  for _, order in ipairs(m:orders()) do order:cancel() end
  if m.position.qty ~= 0 then m:close() end
  m.low = m:buy(1, { price = b.close - 0.6 })
  m.high = m:sell(1, { price = b.close + 0.6 })
  m:buy(0.01, { stop = b.close + 0.05 })
  m:sell(0.01, { stop = b.close - 0.05 })
end
function on_fill(m, f)
  if f.qty > 0.01 then return end
  local other = f.side == "buy" and m.low or m.high
  if other and other.open then other:cancel() end
end
