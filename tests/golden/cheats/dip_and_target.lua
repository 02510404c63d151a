-- Buys the low of a bar and sells its high.
strategy { name = "dip_and_target" }
function on_bar(m, b)
  for _, order in ipairs(m:orders()) do if order.role == "entry" or order.role == "none" then order:cancel() end end
  if m.position.qty == 0 then m:buy(1, { price = b.close - 0.3, take_profit = b.close + 0.2, tag = "in" }) end
end
