-- expect: deadline
-- table.concat of empty strings, for ever
table.concat(setmetatable({}, {__index = function() return "" end}), "", 1, math.maxinteger)
