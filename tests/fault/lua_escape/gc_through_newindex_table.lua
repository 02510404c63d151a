-- expect: error __gc is not allowed
-- a __newindex of the script does not go round the guard
local class = setmetatable({}, {__newindex = function(t, k, v) rawset(t, k, v) end})
local object = setmetatable({}, class)
class["__" .. "gc"] = print
