-- expect: ok
-- a library used as a metatable stays read-only
local t = setmetatable({}, string)
assert(getmetatable(t) == string)
assert(not pcall(function() string.x = 1 end) and string.x == nil and not pcall(rawset, string, "x", 1) and ("x"):rep(2) == "xx")
