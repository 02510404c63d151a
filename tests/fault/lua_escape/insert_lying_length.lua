-- expect: deadline
-- table.insert over a length without end
table.insert(setmetatable({}, {__len = function() return math.maxinteger - 1 end}), 1, 1)
