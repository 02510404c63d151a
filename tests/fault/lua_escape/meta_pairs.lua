-- expect: deadline
-- __pairs that loops
for k in pairs(setmetatable({}, {__pairs = function() while true do end end})) do end
