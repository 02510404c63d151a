-- expect: ok
-- what a script sees of its metatables is what it set
local base, m = {x = 7}, {}
local t = setmetatable({}, m)
assert(getmetatable(t) == m and getmetatable(m) == nil)
m.__index = base
assert(t.x == 7)
local meta = {__index = base}
local class = setmetatable({}, meta)
class.__index = class
local object = setmetatable({}, class)
assert(getmetatable(class) == meta and object.x == 7 and getmetatable(object) == class)
function class.f() return 1 end
assert(object.f() == 1)
local seen = {}
for k in pairs(m) do seen[#seen + 1] = k end
assert(#seen == 1 and seen[1] == "__index")
setmetatable(m, {__index = {y = 1}})
assert(m.y == 1)
