-- Holds the markets of the session that rose most over the last bars, in equal shares, and changes them at fixed times. What fell over that
-- time is never held.
strategy { name = "momentum_rotation" }

local P = params {
  period   = { "1h",  doc = "bars that momentum is measured in" },
  lookback = { 24,    min = 1,    max = 63,  doc = "such bars" },
  every    = { "1d",  doc = "how often it changes" },
  hold     = { 2,     min = 1,    max = 100, doc = "markets at once" },
  invested = { 0.9,   min = 0,    max = 1,   doc = "share of equity in all of them; 0: strategy.stake each" },
}

local markets = {}

local function momentum(m)
  local now, before = m.long[1], m.long[P.lookback + 1]
  return now and before and before.close > 0 and now.close / before.close - 1
end

local function rotate()
  local ranked = {}
  for _, m in ipairs(markets) do
    m.chosen = nil
    local rose = momentum(m)
    if rose and rose > 0 then ranked[#ranked + 1] = { m.index, rose } end
  end
  table.sort(ranked, function(a, b) return a[2] > b[2] end)   -- stable: equals keep the order of the session
  for i = 1, math.min(P.hold, #ranked) do markets[ranked[i][1]].chosen = true end
  for _, m in ipairs(markets) do
    if m.position.qty > 0 and not m.chosen then m:close { tag = "out" } end
  end
end

function on_init(m)
  markets[#markets + 1] = m
  m.long = m:bars(P.period)
  if m.index == 1 then every(P.every, rotate) end
end

function on_bar(m, b)
  if not m.chosen or m.position.qty ~= 0 or m:busy() then return end
  for _, other in ipairs(markets) do
    if not other.chosen and other.position.qty ~= 0 then return end   -- its money is not here yet
  end
  local order, err
  if P.invested > 0 then order, err = m:target_percent(P.invested / P.hold, { tag = "in" })
  else order, err = m:buy { tag = "in" } end
  if not order then log.info("not bought before the next change: %s", err.message) m.chosen = nil end
end
