-- expect: error protected metatable
-- the metatable of the globals
setmetatable(_G, nil)
