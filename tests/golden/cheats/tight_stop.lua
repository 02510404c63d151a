-- A breakout with a stop one tick behind it and a target far away: small losses, if they were certain to be at the stop, and large gains.
strategy { name = "tight_stop" }
function on_bar(m, b)
  for _, order in ipairs(m:orders()) do if order.role == "entry" or order.role == "none" then order:cancel() end end
  if m.position.qty == 0 then
    m:buy(1, { stop = b.close + 0.3, stop_loss = b.close + 0.29, take_profit = b.close + 1.2, tag = "in" })
  end
end
