-- expect: error inside
-- an error inside a wrapped coroutine
coroutine.wrap(function() error("inside") end)()
