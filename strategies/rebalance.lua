-- Holds every market of the session at the same share of equity: what has grown is sold, what has fallen is bought, when it is off by
-- more than a band. Sells first; buys with the next bars, when the money is there.
strategy { name = "rebalance" }

local P = params {
  every    = { "1d",  doc = "how often it looks" },
  invested = { 0.9,   min = 0.01,  max = 1,   doc = "share of equity in all markets together" },
  band     = { 0.05,  min = 0.001, max = 0.9, doc = "part of its target by which a market may be off" },
}

local markets = {}

local function target() return P.invested / #markets end

-- How far it is from its target, in parts of it; nil: not known.
local function off(m)
  return m.last and (m.position.qty * m.last / account.equity - target()) / target()
end

local function look()
  for _, m in ipairs(markets) do
    local by = off(m)
    if by and by > P.band and not m:busy() then m:target_percent(target(), { tag = "trim" }) end
    m.buys = by ~= nil and by < -P.band or nil
  end
end

function on_init(m)
  markets[#markets + 1] = m
  if m.index == 1 then every(P.every, look) end
end

function on_bar(m, b)
  if not m.buys or m:busy() then return end
  for _, other in ipairs(markets) do
    if other:busy() then return end          -- its money is not here yet
  end
  local order, err = m:target_percent(target(), { tag = "fill" })
  if not order and err.code ~= "ON_TARGET" then log.info("not filled: %s", err.message) end
  m.buys = nil
end
