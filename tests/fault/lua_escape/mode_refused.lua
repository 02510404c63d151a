-- expect: error __mode is not allowed
-- weak tables show when the collector ran
setmetatable({}, {__mode = "k"})
