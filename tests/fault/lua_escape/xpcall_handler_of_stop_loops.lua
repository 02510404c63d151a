-- expect: deadline
-- a handler that loops once the stop comes
xpcall(function() while true do end end, function() while true do end end)
