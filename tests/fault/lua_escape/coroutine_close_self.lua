-- expect: error cannot close a running
-- a coroutine that closes itself
coroutine.wrap(function() coroutine.close(coroutine.running()) end)()
