-- expect: deadline
-- pcall called by pcall, no Lua frame between
local spin = function() while true do end end
pcall(pcall, pcall, pcall, spin)
error("swallowed")
