-- expect: deadline
-- a pending __close that loops when the coroutine fails
local f = coroutine.wrap(function() local x <close> = setmetatable({}, {__close = function() while true do end end}) error("x") end)
pcall(f)
error("swallowed")
