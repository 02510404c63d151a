-- expect: deadline
-- __add, __unm that loop
return -setmetatable({}, {__unm = function() while true do end end})
