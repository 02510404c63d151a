-- expect: memory
-- long keys
local t, s = {}, ("k"):rep(1000)
for i = 1, math.maxinteger do t[s .. i] = true end
