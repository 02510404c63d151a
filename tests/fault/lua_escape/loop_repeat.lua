-- expect: deadline
-- until false
repeat local x = 1 until false
