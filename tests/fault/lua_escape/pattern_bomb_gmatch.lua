-- expect: error pattern needs more than
-- the same through gmatch
for w in ("a"):rep(3000):gmatch(".*.*.*.*.*b") do end
