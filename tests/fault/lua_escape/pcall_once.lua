-- expect: deadline
-- pcall must not swallow the stop
pcall(function() while true do end end)
error("the stop was swallowed")
