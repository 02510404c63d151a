-- expect: deadline
-- a pending __close that loops when the coroutine is closed
local co = coroutine.create(function() local x <close> = setmetatable({}, {__close = function() while true do end end}) coroutine.yield() end)
coroutine.resume(co)
coroutine.close(co)
