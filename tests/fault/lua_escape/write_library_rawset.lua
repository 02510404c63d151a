-- expect: error read-only
-- the same by rawset
rawset(string, "rep", print)
