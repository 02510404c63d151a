-- expect: error C stack overflow
-- recursion through tostring
local t t = setmetatable({}, {__tostring = function() return tostring(t) end})
tostring(t)
