-- expect: deadline
-- table.remove over a length without end
table.remove(setmetatable({}, {__len = function() return math.maxinteger - 1 end}), 1)
