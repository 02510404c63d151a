-- expect: error __mode is not allowed
-- a table made weak after setmetatable
local m = {}
local t = setmetatable({}, m)
m.__mode = "v"
