-- Orders of all kinds that each venue takes, replaced and canceled, around its market.
strategy { name = "driver" }

local function some(n) return math.random(1, n) end
local has_stops_at_limit = { binanceus = true, coinbase = true }

-- So far from where the market is, if that were 60,000.
local function near(m, away) return m:round_price((m.last or m.ask) * (1 + away / 60000)) end
local function qty(m)
  if m.venue == "oanda" then return 100 * some(100) end
  return string.format("%.5f", 0.0005 + some(100) * 0.0001)
end

local function place(m)
  local kind, side = some(20), some(2) == 1 and "buy" or "sell"
  local most = m.venue == "oanda" and 50000 or 0.05
  if m.position.qty > most then side = "sell" elseif m.position.qty < -most then side = "buy" end
  local sign = side == "buy" and -1 or 1
  local send = side == "buy" and m.buy or m.sell
  if kind <= 4 then return send(m, { qty = qty(m) })
  elseif kind <= 6 then return send(m, { qty = qty(m), price = near(m, -sign * some(20)), tif = "IOC" })
  elseif kind <= 9 then
    return send(m, { qty = qty(m), price = near(m, sign * (10 + some(60))), post_only = m.venue ~= "oanda" })
  elseif kind == 10 then
    local away = -sign * (20 + some(300))
    return send(m, { qty = qty(m), stop = near(m, away), price = has_stops_at_limit[m.venue] and near(m, away - sign * 40) or nil })
  else return send(m, { qty = qty(m), price = near(m, sign * some(60)) }) end
end

-- Before anything of it is answered.
local function regret(m, order)
  local r = some(16)
  if not order or r > 3 then return end
  if r > 1 or not order.price or order.stop then order:cancel()
  else order:replace { price = near(m, (order.side == "buy" and -1 or 1) * some(50)) } end
end

local function act(m)
  local open = m:orders()
  local r = some(10)
  if #open > 12 or (#open > 0 and r <= 2) then
    open[some(#open)]:cancel()
  elseif #open > 0 and r <= 5 then
    local o = open[some(#open)]
    if o.price and not o.stop then
      local cross = some(4) == 1 and -30 or 0
      local sign = o.side == "buy" and -1 or 1
      o:replace { price = near(m, sign * (cross + some(50))) }
      regret(m, o)
    end
  else
    regret(m, place(m))
  end
end

-- From the 52nd to the 55th minute of an hour nothing rests: a venue is asked for balances then, and not while something may move them.
local first = 1767623400000000000
local function rests() local minute = (now() - first) // 60000000000 % 60; return minute >= 52 and minute < 55 end

local function step(m)
  if rests() then m:cancel_all()
  elseif m.last or m.ask then act(m) end
end

function on_init(m) every("40s", function() step(m) end) end
function on_book(m, book) state.bid = book.bid end
