-- expect: error invalid conversion
-- a precision that would
string.format("%.99999f", 1)
