-- expect: memory
-- __close that fails while the end of the heap unwinds
local function f() local x <close> = setmetatable({}, {__close = function() error("other") end}) local s = "x" while true do s = s .. s end end
pcall(f)
error("swallowed")
