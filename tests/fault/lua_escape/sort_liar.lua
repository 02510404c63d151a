-- expect: ok
-- a comparator that contradicts itself ends and loses nothing
local t = {}
for i = 1, 500 do t[i] = i end
table.sort(t, function() return true end)
local sum = 0
for _, v in ipairs(t) do sum = sum + v end
assert(#t == 500 and sum == 125250)
