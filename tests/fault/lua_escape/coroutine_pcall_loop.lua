-- expect: deadline
-- pcall within a coroutine within pcall
while true do pcall(coroutine.wrap(function() pcall(function() while true do end end) while true do end end)) end
