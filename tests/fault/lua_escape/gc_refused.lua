-- expect: error __gc is not allowed
-- a finaliser runs with hooks off
setmetatable({}, {__gc = function() while true do end end})
