-- expect: deadline
-- __close that hides behind pcall while the stop unwinds
local x <close> = setmetatable({}, {__close = function() while true do pcall(function() while true do end end) end end})
while true do end
