-- expect: deadline
-- a thousand pending __close
local function f(n)
  local x <close> = setmetatable({}, {__close = function() while true do end end})
  if n == 0 then while true do end end
  f(n - 1)
end
f(150)
