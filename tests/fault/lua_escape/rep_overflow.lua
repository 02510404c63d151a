-- expect: error longer than
-- a length that wraps around
return ("x"):rep(1 << 20):rep(math.maxinteger)
