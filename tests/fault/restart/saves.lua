-- Says itself what is kept. What on_load draws and sets must leave no trace.
strategy { name = "saves" }
local seen, bought = 0, 0

function sell()
  if market.position.qty > 0 then market:close() end
end

function buy()
  bought = bought + 1
  if math.random(3) == 1 and market.position.qty == 0 then market:buy { qty = 0.01 } end
end

function on_init(m) market = m end
function on_start() every("1h", buy) end
function on_fill(m, f)
  if f.side == "buy" then after("47m", sell) end
end
function on_bar(m, b)
  seen = seen + 1
  if seen % 1000 == 0 and bought % 2 == 0 and not m:busy() then m:buy { qty = 0.02 } end
end
function on_save() return { seen = seen, bought = bought } end
function on_load(saved)
  seen, bought = saved.seen, saved.bought
  math.random()
  every("3m", buy)
end
