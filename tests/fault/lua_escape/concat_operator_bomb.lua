-- expect: memory
-- doubling a string until the heap ends
local s = "x"
while true do s = s .. s end
