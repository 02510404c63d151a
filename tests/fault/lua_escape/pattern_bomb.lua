-- expect: error pattern needs more than
-- backtracking: days in stock Lua
string.find(("a"):rep(3000), ".-.-.-.-b")
