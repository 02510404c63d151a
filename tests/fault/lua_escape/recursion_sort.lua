-- expect: error C stack overflow
-- recursion through a comparator
local function f() table.sort({1, 2, 3}, f) end f()
