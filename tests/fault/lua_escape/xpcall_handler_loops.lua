-- expect: deadline
-- a handler that loops itself
xpcall(error, function() while true do end end, "x")
