-- expect: ok
-- a script may hide the library from itself
local _ENV = {assert = assert}
x = 1
assert(x == 1)
