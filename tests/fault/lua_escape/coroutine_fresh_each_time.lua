-- expect: deadline
-- a new coroutine for each step: none lives long
while true do coroutine.wrap(function() local x = 1 end)() end
