-- expect: error invalid conversion
-- a width that the system's printf would obey
string.format("%99999d", 1)
