-- expect: ok
-- abandoned coroutines are collected and do not count
for i = 1, 3000 do local co = coroutine.create(function() coroutine.yield() end) coroutine.resume(co) end
