-- expect: deadline
-- a handler that says all is well
local spin = function() while true do end end
xpcall(spin, function() return "fine" end)
error("swallowed")
