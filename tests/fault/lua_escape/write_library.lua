-- expect: error read-only
-- a function of the library replaced
string.format = print
