-- expect: deadline
-- table.move of nothing, for ever
table.move({}, 1, math.maxinteger - 1, 2)
