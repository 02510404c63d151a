-- expect: ok
-- a very long chain of __index tables
local t = {}
for i = 1, 5000 do t = setmetatable({}, {__index = t}) end
assert(not pcall(function() return t.x end))
