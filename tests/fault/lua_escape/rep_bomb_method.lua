-- expect: error longer than
-- the same by the metatable of strings
return ("x"):rep(1 << 40)
