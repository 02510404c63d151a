-- expect: deadline
-- __tostring that loops, called from C
tostring(setmetatable({}, {__tostring = function() while true do end end}))
