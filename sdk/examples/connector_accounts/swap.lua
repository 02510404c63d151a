-- Buys a swap with protection, and closes it when it has gone up.
strategy { name = "swap" }

function on_trade(m, t)
  if t.price == 100 then m:buy { qty = 0.5, stop_loss = 95, take_profit = 120 }
  elseif t.price == 103 then m:close() end
end
