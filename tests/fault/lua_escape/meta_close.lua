-- expect: deadline
-- __close that loops
do local x <close> = setmetatable({}, {__close = function() while true do end end}) end
