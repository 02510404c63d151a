-- expect: error array too big
-- __len that claims more than fits
table.sort(setmetatable({}, {__len = function() return 1 << 40 end}))
