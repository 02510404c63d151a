-- expect: deadline
-- a numeric loop longer than any day
for i = 1, math.maxinteger do end
