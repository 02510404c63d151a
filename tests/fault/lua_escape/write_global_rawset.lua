-- expect: error cannot assign 'pcall'
-- the same by rawset
rawset(_G, "pcall", nil or 1)
