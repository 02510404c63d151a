-- expect: ok
-- utf8 over a large string
assert(utf8.len(("x"):rep(1 << 20)) == 1 << 20)
