-- A grid of limit orders: buys a fixed amount at each level below, and sells what a level bought one level above it. The levels are
-- set once, around the first price; each has exactly one order, which is put again when it is gone.
strategy { name = "grid" }

local P = params {
  levels  = { 10,    min = 1,      max = 100, doc = "levels below the first price" },
  spacing = { 0.002, min = 0.0001, max = 0.5, doc = "share of the first price between two levels" },
  amount  = { 0.05,  min = 0.0001, max = 1,   doc = "share of the first equity that a level buys for" },
}

-- m.sides[i]: what level i does next; m.owned[i]: what it bought.
local function start(m, price)
  m.first, m.money = price, P.amount * account.equity
  m.sides, m.owned = {}, {}
  for i = 1, P.levels do m.sides[i] = "buy" end
end

local function price_of(m, level) return m.first * (1 - level * P.spacing) end

function on_bar(m, b)
  if not m.first then start(m, b.close) end
  local working = {}
  for _, o in ipairs(m:orders()) do working[o.tag] = true end
  for i = 1, P.levels do
    local side = m.sides[i]
    local tag, order, err = side .. i, nil, nil
    if working[tag] then
      -- it is there
    elseif side == "buy" and price_of(m, i) < b.close then
      local qty = m:round_qty(m.money / price_of(m, i))
      if qty > 0 then order, err = m:buy(qty, { price = price_of(m, i), tag = tag }) end
    elseif side == "sell" then
      order, err = m:sell(m.owned[i], { price = price_of(m, i - 1), reduce_only = true, tag = tag })
    end
    if err then log.warn("level %d refused: %s", i, err.message) end
  end
end

function on_order(m, o)
  local side, level = o.tag:match("^(%a+)(%d+)$")
  if not side or not m.first or o.open or o.filled == 0 then return end
  level = math.tointeger(tonumber(level))
  if side == "buy" then
    m.owned[level] = math.min(o.filled, m.position.qty)
    m.sides[level] = "sell"
  elseif o.status == "closed" then
    m.sides[level] = "buy"
  else
    m.owned[level] = m.owned[level] - o.filled
  end
end
