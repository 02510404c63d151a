-- expect: error error object is thread
-- an error that is a coroutine
error(coroutine.create(print))
