-- expect: deadline
-- __close that loops while the stop unwinds
local x <close> = setmetatable({}, {__close = function() while true do end end})
while true do end
