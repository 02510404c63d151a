-- expect: deadline
-- a pile of pcalls
local spin = function() while true do end end
local f = spin
for i = 1, 100 do local g = f f = function() pcall(g) g() end end
f()
