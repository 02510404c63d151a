-- expect: ok
-- each __close closes the next: the C stack is counted
local list = {}
for i = 900, 1, -1 do
  local k = i
  list[k] = coroutine.create(function() local x <close> = setmetatable({}, {__close = function() if list[k + 1] then coroutine.close(list[k + 1]) end end}) coroutine.yield() end)
  coroutine.resume(list[k])
end
local ok, e = coroutine.close(list[1])
assert(not ok or e == nil or true)
