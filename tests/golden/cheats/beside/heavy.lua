strategy { name = "heavy" }
function on_bar(m, b)
  for _, order in ipairs(m:orders()) do if order.role == "entry" then order:cancel() end end
  if m.position.qty ~= 0 then m:close() return end
  if b.close > b.open then
    m:buy(10, { stop = b.close + 0.3, price = b.close + 0.31, stop_loss = b.close - 0.3 })
  else
    m:sell(10, { stop = b.close - 0.3, price = b.close - 0.31, stop_loss = b.close + 0.3 })
  end
end
