-- expect: deadline
-- pcall in a loop must not swallow many stops
while true do pcall(function() while true do end end) end
