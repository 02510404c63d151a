-- expect: deadline
-- printing for ever
while true do print(("x"):rep(10000)) end
