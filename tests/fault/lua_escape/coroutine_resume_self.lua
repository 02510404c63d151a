-- expect: ok
-- a coroutine that resumes itself
local co co = coroutine.create(function() return coroutine.resume(co) end)
local a, b, c = coroutine.resume(co)
assert(a == true and b == false and c:find("non%-suspended"))
