-- expect: error read-only
-- the same by table.insert
table.insert(string, "x")
