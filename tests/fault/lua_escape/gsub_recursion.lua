-- expect: error C stack overflow
-- gsub within its own replacement
local function f(s) return (s:gsub(".", f)) end f("x")
