-- expect: deadline
-- an endless coroutine
coroutine.resume(coroutine.create(function() while true do end end))
error("swallowed")
