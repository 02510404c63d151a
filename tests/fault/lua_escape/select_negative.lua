-- expect: ok
-- select out of range
assert(not pcall(select, -5, 1))
