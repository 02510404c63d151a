-- Its callbacks take most of the time, so that a kill falls into one: recorded is what they were called for, and not what
-- they asked for.
strategy { name = "slow" }

local function work() for i = 1, 300000 do local x = i * i end end

function tick()
  state.ticks = (state.ticks or 0) + 1
  work()
  if math.random(2) == 1 and market.position.qty < 0.04 then market:buy { qty = 0.01 } end
end

function later()
  work()
  if market.position.qty > 0.02 then market:close() end
end

function on_init(m) market = m end
function on_start() every("41m", tick) end
function on_fill(m, f)
  work()
  if f.side == "buy" then after("59m", later) end
end
function on_bar(m, b) end
