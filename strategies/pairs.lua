-- Two markets that move together: buys the first when it is cheap beside the second (the ratio of their prices is some deviations below
-- its mean) and leaves when the ratio is back; while they move together only. With `short` the second is sold beside it.
strategy { name = "pairs" }

local P = params {
  length      = { 100,   min = 10,  max = 2000, doc = "bars of the mean and of the correlation" },
  enter       = { 2.0,   min = 0.1, max = 10,   doc = "deviations of the ratio" },
  leave       = { 0.0,   min = -5,  max = 5,    doc = "deviations of the ratio" },
  correlation = { 0.3,   min = -1,  max = 1,    doc = "below it nothing is begun" },
  invested    = { 0.45,  min = 0.01, max = 1,   doc = "share of equity in a leg" },
  short       = { false, doc = "sells the second, on venues where that is possible" },
}

local first, second

function on_init(m)
  if m.index == 1 then
    first = m
  elseif m.index == 2 then
    second = m
    m.together = m:correlation(first, P.length)
    state.ratios, state.at = {}, 0
  end
end

function on_start()
  if not second then error("pairs needs two markets: give two files, or two symbols") end
end

-- Keeps the last ratios; the deviations of the newest from their mean, or nil.
local function deviations(ratio)
  local list = state.ratios
  state.at = state.at % P.length + 1
  list[state.at] = ratio
  if #list < P.length then return nil end
  local sum, squares = 0, 0
  for i = 1, P.length do sum = sum + list[i] end
  local mean = sum / P.length
  for i = 1, P.length do squares = squares + (list[i] - mean) * (list[i] - mean) end
  local deviation = math.sqrt(squares / P.length)
  return deviation > 0 and (ratio - mean) / deviation or nil
end

function on_bar(m, b)
  m.close_price, m.close_time = b.close, b.time
  if m.index ~= 2 or first.close_time ~= b.time then return end
  local away, together = deviations(first.close_price / b.close), second.together()
  if not away or first:busy() or second:busy() then return end
  if first.position.qty == 0 then
    if away < -P.enter and together and together >= P.correlation then
      first:target_percent(P.invested, { tag = "cheap" })
      if P.short then second:target_percent(-P.invested, { tag = "dear" }) end
    end
  elseif away >= P.leave then
    first:close { tag = "back" }
    if second.position.qty ~= 0 then second:close { tag = "back" } end
  end
end
