-- expect: syntax
-- a plain syntax error
local = 1
