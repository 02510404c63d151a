-- expect: ok
-- %p and tostring show ids, not addresses
local t = {}
local a, b = tostring(t), string.format("%p %s", t, t)
assert(a:match("^table: %d+$") and #a < 12, a)
assert(b == a:sub(8) .. " " .. a)
assert(tostring(print):match("^function: %d+$"))
