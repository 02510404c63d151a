-- expect: ok
-- a handler that calls xpcall with itself
local depth = 0
local function h(e) depth = depth + 1 if depth < 50 then xpcall(error, h, e) end return e end
assert(not xpcall(error, h, "x") and depth == 50)
