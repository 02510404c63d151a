-- expect: ok
-- __metatable protects, as in stock Lua
local t = setmetatable({}, {__metatable = "mine"})
assert(getmetatable(t) == "mine" and not pcall(setmetatable, t, {}))
