-- Cheats on what it was written with: a date behind which prices rose, and a table of hours in a file beside it.
strategy { name = "remembers" }
local P = params { how = { "date", doc = "date, table" } }
local rises = P.how == "table" and require "hours" or {}
function on_bar(m, b)
  if m:busy() then return end
  local up = rises[b.time // 3600000000000] or (P.how == "date" and b.time > 1704100000 * 1000000000)
  if up and m.position.qty == 0 then m:buy(5) elseif not up and m.position.qty > 0 then m:close() end
end
