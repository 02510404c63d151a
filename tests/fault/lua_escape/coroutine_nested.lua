-- expect: deadline
-- coroutines within coroutines
local function go(n) if n == 0 then while true do end end
  pcall(coroutine.wrap(function() pcall(go, n - 1) while true do end end)) while true do end end
go(40)
