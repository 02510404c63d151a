-- expect: ok
-- nothing, very often
assert((""):rep(math.maxinteger) == "")
