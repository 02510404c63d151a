-- Knows nothing: goes in and out by a coin of its own.
strategy { name = "coin" }
local P = params { number = { 1, min = 1, max = 1000000, doc = "of the coin" } }
math.randomseed(P.number)
function on_bar(m, b)
  if m:busy() then return end
  local side = math.random(1, 12)
  if side == 1 then m:target_qty(1) elseif side == 2 then m:target_qty(0) elseif side == 3 then m:target_qty(-1) end
end
