-- expect: error longer than
-- table.concat over an endless list
table.concat(setmetatable({}, {__index = function() return "xxxxxxxx" end}), "", 1, math.maxinteger)
