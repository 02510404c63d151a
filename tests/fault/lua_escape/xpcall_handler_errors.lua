-- expect: ok
-- a handler that fails: its error is the result
local ok, e = xpcall(error, function() error("second", 0) end, "first")
assert(ok == false and e == "second")
