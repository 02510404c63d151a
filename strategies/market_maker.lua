-- Quotes both sides of the middle and leans against what it holds: the more it owns, the lower both quotes lie, so that it is sold
-- rather than bought. Needs quotes; orders only add liquidity.
strategy { name = "market_maker" }

local P = params {
  half    = { 0.0010, min = 0.00001, max = 0.1, doc = "share of the price between the middle and a quote" },
  skew    = { 0.0010, min = 0,       max = 0.1, doc = "share of the price that both move when it holds the most" },
  quote   = { 0.02,   min = 0.0001,  max = 1,   doc = "share of equity in a quote" },
  most    = { 0.30,   min = 0.001,   max = 1,   doc = "share of equity that it holds at most" },
  requote = { 0.0002, min = 0,       max = 0.1, doc = "share of the price by which a quote must be off before it is moved" },
}

-- One side: put, moved or taken down.
local function quote(m, side, price, qty)
  local o = m[side .. "_order"]
  local is_open = o and pcall(function() return o.open end) and o.open
  if qty <= 0 then
    if is_open then o:cancel() end
    return
  end
  if is_open then
    if o.state == "ACCEPTED" and math.abs(o.price - price) > P.requote * price then o:replace { price = price } end
    return
  end
  local order, err = m[side](m, qty, { price = price, post_only = true, tag = side })
  if not order then log.debug("%s refused: %s", side, err.message) end
  m[side .. "_order"] = order
end

function on_quote(m, q)
  if not q.mid then return end
  local mid, equity, held = q.mid, account.equity, m.position.qty
  local room = held * mid / (P.most * equity)            -- 0: flat, 1: all that it may hold
  local middle = mid * (1 - P.skew * room)
  local qty = m:round_qty(P.quote * equity / mid)
  quote(m, "buy", math.min(middle * (1 - P.half), q.bid), room < 1 and qty or 0)
  quote(m, "sell", math.max(middle * (1 + P.half), q.ask), math.min(qty, held))
end
