-- Orders of all kinds, replaced and canceled, around the market.
strategy { name = "driver" }

local function some(n) return math.random(1, n) end
local function qty() return string.format("%.5f", 0.0005 + some(100) * 0.0001) end
local function near(m, away) return string.format("%.2f", (m.last or 60000) + away) end

local function place(m)
  local kind, side = some(20), some(2) == 1 and "buy" or "sell"
  if m.position.qty > 0.05 then side = "sell" elseif m.position.qty < -0.05 then side = "buy" end
  local sign = side == "buy" and -1 or 1
  local send = side == "buy" and m.buy or m.sell
  if kind <= 4 then return send(m, { qty = qty() })
  elseif kind <= 6 then return send(m, { qty = qty(), price = near(m, -sign * some(20)), tif = "IOC" })
  elseif kind <= 9 then return send(m, { qty = qty(), price = near(m, sign * (10 + some(60))), post_only = true })
  elseif kind == 10 then
    local away = -sign * (20 + some(300))
    return send(m, { qty = qty(), stop = near(m, away), price = near(m, away - sign * 40) })
  else return send(m, { qty = qty(), price = near(m, sign * some(60)) }) end
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

function on_init(m) every("15s", function() act(m) end) end
function on_book(m, book) state.bid = book.bid end
