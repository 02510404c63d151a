-- expect: error __mode is not allowed
-- taking the metatable of a metatable away leaves the guard
local m = {}
local t = setmetatable({}, m)
setmetatable(m, {})
setmetatable(m, nil)
m.__mode = "k"
