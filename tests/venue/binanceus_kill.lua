-- Orders around the market, replaced and canceled, many a second.
strategy { name = "kill" }

local function some(n) return math.random(1, n) end
local function near(m, away) return string.format("%.2f", (m.last or 60000) + away) end

local function act(m)
  local open, side = m:orders(), some(2) == 1 and "buy" or "sell"
  local sign = side == "buy" and -1 or 1
  if #open > 8 or (#open > 0 and some(4) == 1) then
    open[some(#open)]:cancel()
  elseif #open > 0 and some(4) == 1 then
    local order = open[some(#open)]
    order:replace { price = near(m, (order.side == "buy" and -1 or 1) * some(30)) }
  else
    (side == "buy" and m.buy or m.sell)(m, { qty = "0.001", price = some(3) > 1 and near(m, sign * some(30)) or nil })
  end
end

function on_init(m) every("150ms", function() act(m) end) end
