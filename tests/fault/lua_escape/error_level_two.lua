-- expect: error blame the caller
-- an error that blames its caller
local function f() error("blame the caller", 2) end
f()
