-- Round trips by chance, at the last price, through a venue; what is not filled is taken back.
strategy { name = "trips at a venue", timeframe = "1m" }
local bars = 0

function on_bar(m, b)
  bars = bars + 1
  if m:busy() then
    if bars % 7 == 0 then m:cancel_all() end
    return
  end
  if m.position.qty > 0 then
    if math.random(3) == 1 then m:sell { qty = m.position.qty, price = b.close, tag = "out" } end
  elseif math.random(3) == 1 then
    m:buy { qty = 0.01, price = b.close, tag = "in" }
  end
end
