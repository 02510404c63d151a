-- newborn_test.lua: run it with `outcry test newborn_test.lua`. A bar may be its close alone, or { open, high, low, close, volume }.
local function rising(count) -- a trend, then bars of the caller's
  local bars = {}
  for i = 1, count do bars[i] = 100 + i end
  return bars
end

local params = { trend = 20, dip = 3 }

test("a dip in an upward trend is bought, with a stop below", function()
  local bars = rising(25)
  for _, close in ipairs { 122, 122, 122 } do bars[#bars + 1] = close end
  local run = backtest { strategy = "newborn.lua", bars = bars, params = params }
  equal(#run.fills, 1)
  equal(run.fills[1].side, "buy")
  equal(run.fills[1].tag, "dip")
  ok(run.position > 0)
  equal(run.orders[2].role, "stop_loss")
  ok(run.orders[2].stop < 122)
end)

test("it is sold when the price is back above the average", function()
  local bars = rising(25)
  for _, close in ipairs { 122, 122, 128, 128 } do bars[#bars + 1] = close end
  local run = backtest { strategy = "newborn.lua", bars = bars, params = params }
  equal(#run.fills, 2)
  equal(run.fills[2].tag, "back")
  equal(run.position, 0)
end)

test("nothing is bought where there is no trend", function()
  local bars = {}
  for i = 1, 40 do bars[i] = 100 + i % 2 - i / 10 end
  equal(#backtest { strategy = "newborn.lua", bars = bars, params = params }.orders, 0)
end)
