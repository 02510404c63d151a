-- expect: ok
-- the stack overflow of a handler is an error like any other
local function h() local a, b, c, d, e, f = 1, 2, 3, 4, 5, 6 return h() + a end
local ok = xpcall(error, h, "x")
assert(ok == false)
