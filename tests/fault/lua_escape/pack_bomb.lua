-- expect: error format longer than
-- a format that packs megabytes
string.pack(("i16"):rep(1000), 1)
