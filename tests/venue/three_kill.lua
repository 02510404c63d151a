-- Orders around each market, replaced and canceled, several a second.
strategy { name = "kill" }

local function some(n) return math.random(1, n) end
local function near(m, away) return m:round_price(m.ask * (1 + away / 60000)) end

local function act(m)
  local open, side = m:orders(), some(2) == 1 and "buy" or "sell"
  local most = m.venue == "oanda" and 3000 or 0.01
  if m.position.qty > most then side = "sell" elseif m.position.qty < -most then side = "buy" end
  local sign = side == "buy" and -1 or 1
  if #open > 6 or (#open > 0 and some(4) == 1) then
    open[some(#open)]:cancel()
  elseif #open > 0 and some(4) == 1 then
    local order = open[some(#open)]
    if order.price then order:replace { price = near(m, (order.side == "buy" and -1 or 1) * some(30)) } end
  else
    (side == "buy" and m.buy or m.sell)(m, { qty = m.venue == "oanda" and 100 * some(10) or "0.001",
      price = some(3) > 1 and near(m, sign * some(30)) or nil })
  end
end

local markets = {}
function on_init(m)
  markets[#markets + 1] = m
  every("200ms", function() if m.ask then act(m) end end)
end

function on_stop()
  for _, m in ipairs(markets) do
    local unknown = 0
    for _, order in ipairs(m:orders()) do if order.state == "UNKNOWN" then unknown = unknown + 1 end end
    log.info("holds %s %.10g, %d unknown", m.venue, m.position.qty, unknown)
  end
end
