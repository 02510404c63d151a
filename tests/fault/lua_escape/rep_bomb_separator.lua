-- expect: error longer than
-- the same by the separator
return (""):rep(1 << 30, "xxxxxxxx")
