-- expect: error __gc is not allowed
-- a finaliser added after setmetatable
local m = {}
local t = setmetatable({}, m)
m.__gc = function() while true do end end
setmetatable({}, m)
