-- expect: deadline
-- __le that loops
local m = {__le = function() while true do end end}
return setmetatable({}, m) <= setmetatable({}, m)
