-- expect: error __gc is not allowed
-- a finaliser in a metatable that has a metatable
local base = {}
local class = setmetatable({}, {__index = base})
local object = setmetatable({}, class)
class.__gc = print
