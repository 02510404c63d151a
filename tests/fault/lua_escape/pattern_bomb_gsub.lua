-- expect: error pattern needs more than
-- the same through gsub
local s = ("a"):rep(3000):gsub(".*.*.*.*.*b", "")
