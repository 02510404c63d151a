-- expect: memory
-- many values through the stack, held many times
local t, list = {}, {}
for i = 1, 200000 do list[i] = i end
for n = 1, 1000 do t[n] = {table.unpack(list)} end
