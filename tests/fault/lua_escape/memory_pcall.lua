-- expect: memory
-- pcall must not swallow the end of the heap
local t = {}
while true do pcall(function() for i = 1, 1000 do t[#t + 1] = ("x"):rep(1000) .. #t end end) end
