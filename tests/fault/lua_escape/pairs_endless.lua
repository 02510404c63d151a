-- expect: deadline
-- pairs within pairs without end
local t = {1, 2, 3}
while true do for k in pairs(t) do end end
