-- Resting orders grow and shrink by timers around the times at which a bar has its extremes.
strategy { name = "quantity_race" }
function on_init(m)
  every("10s", function()
    for _, order in ipairs(m:orders()) do
      if order.role == "entry" or order.role == "none" then order:replace { qty = order.qty == 1 and 5 or 1 } end
    end
  end)
end
function on_bar(m, b)
  for _, order in ipairs(m:orders()) do if order.role == "entry" or order.role == "none" then order:cancel() end end
  if m.position.qty ~= 0 then m:close() end
  m:buy(1, { price = b.close - 0.3, take_profit = b.close + 0.2, tag = "in" })
  m:sell(1, { price = b.close + 0.3, take_profit = b.close - 0.2, tag = "in" })
end
