-- expect: error longer than
-- a replacement larger than allowed
local s = ("x"):rep(100000):gsub("x", ("y"):rep(100))
