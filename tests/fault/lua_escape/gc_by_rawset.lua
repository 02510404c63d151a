-- expect: error __gc is not allowed
-- a finaliser by rawset
local m = setmetatable({}, {})
rawset(m, "__gc", print)
