-- Stops and targets are moved by timers to where the bar may have been, and drawn after the close.
strategy { name = "legs_moved" }
function on_init(m)
  every("20s", function()
    if not m.price then return end
    for _, leg in ipairs(m:orders()) do
      local way = leg.side == "sell" and 1 or -1
      if leg.role == "stop_loss" then leg:replace { stop = m:round_price(m.price - way * 0.1) } end
      if leg.role == "take_profit" then leg:replace { price = m:round_price(m.price + way * 0.3) } end
    end
  end)
end
function on_bar(m, b)
  m.price = b.close
  if m.position.qty == 0 and not m:busy() then
    m:buy(1, { stop_loss = b.close - 0.6, take_profit = b.close + 0.6 })
  end
end
