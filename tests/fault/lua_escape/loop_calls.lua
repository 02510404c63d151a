-- expect: deadline
-- a loop of tail calls grows no stack
local function f() return f() end f()
