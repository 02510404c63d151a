-- expect: deadline
-- two that hand the turn to each other for ever
local a = coroutine.wrap(function() while true do coroutine.yield() end end)
local b = coroutine.wrap(function() while true do a() coroutine.yield() end end)
while true do b() end
