-- expect: ok
-- a very long number
assert(tonumber(("9"):rep(100000)) == nil or true)
