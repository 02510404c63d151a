-- Brackets of every kind, drawn; some are changed, taken down or closed at later closes.
local P <const> = params { seed = 1, kind = 0 }
local s
local function rnd(n) s = (s * 6364136223846793005 + 1442695040888963407) return ((s >> 33) % n) end
function on_init(m) s = P.seed * 7919 + 13 end
function on_bar(m, b)
  if rnd(3) == 0 then
    local d = rnd(2) == 0 and 1 or -1
    local t = {}
    local ref = b.close
    local k = rnd(3)
    if k == 1 then t.price = m:round_price(b.close + (rnd(41) - 20) / 100) ref = t.price
    elseif k == 2 then t.stop = m:round_price(b.close + d * rnd(20) / 100) ref = t.stop end
    if rnd(4) > 0 then t.stop_loss = m:round_price(ref - d * (1 + rnd(30)) / 100) end
    if rnd(4) > 0 then t.take_profit = m:round_price(ref + d * (1 + rnd(30)) / 100) end
    pcall(d > 0 and m.buy or m.sell, m, 1 + rnd(30), t)
  end
  if rnd(5) == 0 then for _, o in ipairs(m:orders()) do if rnd(2) == 0 then pcall(o.cancel, o) end end end
  if rnd(6) == 0 then for _, o in ipairs(m:orders()) do if rnd(2) == 0 then pcall(o.replace, o, { qty = 1 + rnd(40) }) end end end
  if rnd(8) == 0 then m:close() end
end
