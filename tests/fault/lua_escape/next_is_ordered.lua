-- expect: ok
-- next walks like pairs
local t = {z = 1, a = 2, [2] = 3, [1] = 4, [1.5] = 5, [true] = 6, [-3] = 7}
local by_next, by_pairs = {}, {}
for k in next, t do by_next[#by_next + 1] = tostring(k) end
for k in pairs(t) do by_pairs[#by_pairs + 1] = tostring(k) end
assert(table.concat(by_next, " ") == "-3 1 2 1.5 a z true")
assert(table.concat(by_pairs, " ") == table.concat(by_next, " "))
