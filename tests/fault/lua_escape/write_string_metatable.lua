-- expect: ok
-- the metatable that all strings share is out of reach
assert(getmetatable("") == false)
assert(not pcall(function() getmetatable("").__index = {} end))
assert(not pcall(setmetatable, "", {}))
