-- expect: memory
-- the heap filled inside a coroutine
local t = {}
coroutine.wrap(function() while true do t[#t + 1] = {t} end end)()
