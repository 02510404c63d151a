-- Follows the supertrend of longer bars: in while it points up, out while it points down; short then, where that is allowed.
strategy { name = "supertrend" }

local P = params {
  period   = { "1h",  doc = "bars that the trend is made of" },
  length   = { 10,    min = 1,    max = 500, doc = "bars of the average range" },
  factor   = { 3.0,   min = 0.1,  max = 20,  doc = "average ranges between the middle and a band" },
  invested = { 0.95,  min = 0.01, max = 1,   doc = "share of equity in a position" },
  short    = { false, doc = "sells what it does not have, on venues where that is possible" },
}

function on_init(m)
  m.line, m.way = m:bars(P.period):supertrend(P.length, P.factor)
end

function on_bar(m, b)
  if m:busy() then return end
  local way = m.way()
  if m.turned == way then return end          -- one decision a turn
  local order, err
  if way > 0 then
    order, err = m:target_percent(P.invested, { tag = "up" })
  elseif P.short then
    order, err = m:target_percent(-P.invested, { tag = "down" })
  elseif m.position.qty > 0 then
    order, err = m:close { tag = "down" }
  end
  if err then log.warn("refused: %s", err.message) end
  m.turned = way
end
