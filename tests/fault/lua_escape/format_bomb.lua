-- expect: error longer than
-- many large items
local big = ("x"):rep(500000)
return ("%s%s%s"):format(big, big, big)
