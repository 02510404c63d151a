-- Orders of every kind, drawn once for a plan and placed again at each close; timers move, cancel and close them on the way.
-- plans: 6
strategy { name = "drawn" }
local P <const> = params { plan = 1 }
local state0
local function rnd(n) state0 = (state0 * 6364136223846793005 + 1442695040888963407) return ((state0 >> 33) % n) end
local orders, timers, cancels, closes, react
local made = {} -- by market and order
function on_init(m)
  made[m.symbol] = {}
  state0 = P.plan * 7919 + 13
  for i = 1, 5 do rnd(2) end
  orders, timers = {}, {}
  local scale <const> = ({ 5, 20, 60, 150 })[rnd(4) + 1]
  local function off() return (rnd(2 * scale + 1) - scale) / 100 end
  for i = 1, 1 + rnd(4) do
    local o = { side = rnd(2), kind = rnd(4), price = off(), stop = off(), qty = ({ 1, 1, 3, 10 })[rnd(4) + 1] }
    if rnd(2) == 0 then o.sl = (1 + rnd(scale)) / 100 end
    if rnd(2) == 0 then o.tp = (1 + rnd(scale)) / 100 end
    if rnd(6) == 0 then o.tif = rnd(2) == 0 and "IOC" or "FOK" end
    if rnd(8) == 0 then o.post_only = true end
    if rnd(8) == 0 then o.reduce_only = true end
    if rnd(5) == 0 then o.gtd = 1 + rnd(59) end
    o.at = rnd(3) == 0 and ({ 0, 1, 10, 19.999999999, 20, 20.000000001, 30, 40, 45, 59.999999999, 60 })[rnd(11) + 1] or nil
    o.number = i
    orders[i] = o
  end
  for i = 1, rnd(4) do
    timers[i] = { at = ({ 0.000000001, 5, 15, 20, 25, 30, 40, 41, 50, 59.999999999, 60 })[rnd(11) + 1], what = rnd(6), which = 1 + rnd(#orders), off = off() }
  end
  cancels, closes, react = rnd(4) > 0, 1 + rnd(3), rnd(6)
  m.age = 0
end
local function place(m, o, c)
  local t = { qty = o.qty, tag = "in" }
  if o.kind == 1 or o.kind == 3 then t.price = m:round_price(c + o.price) end
  if o.kind >= 2 then t.stop = m:round_price(c + o.stop) end
  local ref = t.stop or t.price or c
  if o.kind == 3 then ref = o.side == 0 and math.min(t.price, t.stop) or math.max(t.price, t.stop) end
  local d = o.side == 0 and 1 or -1
  if not o.reduce_only then
    if o.sl then t.stop_loss = m:round_price(ref - d * o.sl) end
    if o.tp then t.take_profit = m:round_price((o.kind == 3 and math.max(t.price, t.stop) or ref) + d * o.tp) if o.kind == 3 and d < 0 then t.take_profit = m:round_price(math.min(t.price, t.stop) - o.tp) end end
  end
  t.tif, t.post_only, t.reduce_only = o.tif, o.post_only and o.kind == 1 or nil, o.reduce_only
  if t.post_only then t.tif = nil end
  if o.gtd and not t.tif and o.kind > 0 then t.tif = "GTD" t.expire = now() + o.gtd * 1000000000 end
  local qty = t.qty t.qty = nil
  local ok, order = pcall(o.side == 0 and m.buy or m.sell, m, qty, t)
  made[m.symbol][o.number] = ok and order or nil
end
function on_bar(m, b)
  m.age = m.age + 1
  local c = b.close
  if cancels then for _, o in ipairs(m:orders()) do if o.role == "entry" or o.role == "none" then o:cancel() end end end
  if m.age % closes == 0 and m.position.qty ~= 0 then m:close() end
  for _, o in ipairs(orders) do
    if o.at and o.at > 0 then after(string.format("%dns", math.floor(o.at * 1e9)), function() place(m, o, c) end) else place(m, o, c) end
  end
  for _, t in ipairs(timers) do
    after(string.format("%dns", math.floor(t.at * 1e9)), function()
      local o = made[m.symbol][t.which]
      if t.what == 0 then if o and o.open then o:cancel() end
      elseif t.what == 1 then if o and o.open and o.price then pcall(o.replace, o, { price = m:round_price(c + t.off) }) end
      elseif t.what == 2 then if o and o.open and o.stop then pcall(o.replace, o, { stop = m:round_price(c + t.off) }) end
      elseif t.what == 3 then m:close()
      elseif t.what == 4 then if o and o.open then pcall(o.replace, o, { qty = 1 + rnd(9) }) end
      else for _, leg in ipairs(m:orders()) do
          if leg.role == "stop_loss" then pcall(leg.replace, leg, { stop = m:round_price(c + t.off) }) end
          if leg.role == "take_profit" then pcall(leg.replace, leg, { price = m:round_price(c + t.off) }) end
        end
      end
    end)
  end
end
function on_fill(m, f)
  if react == 0 then m:cancel_all() elseif react == 1 and f.qty == 10 then m:close() elseif react == 2 and math.abs(m.position.qty) < 20 and f.qty ~= 2 then if f.side == "buy" then m:sell(2) else m:buy(2) end end
end
