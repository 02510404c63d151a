-- expect: error coroutines alive
-- more coroutines alive than allowed
local keep = {}
for i = 1, 100000 do keep[i] = coroutine.create(function() coroutine.yield() end) coroutine.resume(keep[i]) end
