-- Cheats on what a leaking reader puts into the volume of a bar: the close of the next bar, the last close of all, the highest one that is
-- still to come, or how many bars there are.
strategy { name = "peek" }
local P = params { how = { "next", doc = "next, last, most, count" }, every = { 1, min = 1, max = 100, doc = "bars: who decides seldom is seen seldom" } }
local n = 0
function on_bar(m, b)
  n = n + 1
  if n % P.every ~= 0 then return end
  local told, up = b.volume, nil
  if P.how == "count" then up = n > told - 50
  elseif P.how == "most" then up = b.close < told
  else up = told > b.close end
  if m:busy() then return end
  if up and m.position.qty == 0 then m:buy(5) elseif not up and m.position.qty > 0 then m:close() end
end
