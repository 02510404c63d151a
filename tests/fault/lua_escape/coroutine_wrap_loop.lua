-- expect: deadline
-- an endless wrapped coroutine
coroutine.wrap(function() while true do end end)()
