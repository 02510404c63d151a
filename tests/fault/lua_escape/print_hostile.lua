-- expect: ok
-- print of anything is bounded
print(("x"):rep(1000000), {}, nil, 1.5, true)
