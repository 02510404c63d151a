-- expect: error read-only
-- a field added to a library
math.mine = 1
