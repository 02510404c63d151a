-- expect: error longer than
-- a string of a terabyte
string.rep("x", 1 << 40)
