-- expect: error protected metatable
-- the metatable of a library
setmetatable(math, {})
