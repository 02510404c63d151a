-- expect: error C stack overflow
-- resume within resume without end
local function f() return coroutine.wrap(f)() end f()
