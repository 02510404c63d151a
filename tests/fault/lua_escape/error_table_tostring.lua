-- expect: error error object is a table
-- its __tostring is not run by the host
error(setmetatable({}, {__tostring = function() while true do end end}))
