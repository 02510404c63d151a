-- What is taken back a nanosecond before the close, at it and behind it, and put again at the open.
strategy { name = "edge_timers" }
local function puts(m, c)
  for _, order in ipairs(m:orders()) do if order.role == "entry" or order.role == "none" then order:cancel() end end
  if math.abs(m.position.qty) > 4 then m:close() end
  m:buy(1, { price = m:round_price(c - 0.2) })
  m:sell(1, { price = m:round_price(c + 0.2) })
  m:buy(1, { stop = m:round_price(c + 0.4), stop_loss = m:round_price(c + 0.1), tag = "in" })
end
function on_bar(m, b)
  local c = b.close
  puts(m, c)
  after("59999999999ns", function() for _, order in ipairs(m:orders()) do if order.side == "buy" then order:cancel() end end end)
  after("60s", function() puts(m, c) end)
  after("1ns", function() for _, order in ipairs(m:orders()) do if order.side == "sell" and order.price then order:replace { price = m:round_price(c + 0.1) } end end end)
end
