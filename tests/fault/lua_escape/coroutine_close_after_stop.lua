-- expect: deadline
-- a pending __close in a coroutine that was stopped: it must not run with hooks off
coroutine.wrap(function() local x <close> = setmetatable({}, {__close = function() while true do end end}) while true do end end)()
