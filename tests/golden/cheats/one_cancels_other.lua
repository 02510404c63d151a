-- Stops both ways, each with legs; the one that is filled takes the other back.
strategy { name = "one_cancels_other" }
function on_bar(m, b)
  for _, order in ipairs(m:orders()) do if order.role == "entry" or order.role == "none" then order:cancel() end end
  if m.position.qty ~= 0 then return end
  m.up = m:buy(1, { stop = b.close + 0.2, stop_loss = b.close - 0.1, take_profit = b.close + 0.5, tag = "in" })
  m.down = m:sell(1, { stop = b.close - 0.2, stop_loss = b.close + 0.1, take_profit = b.close - 0.5, tag = "in" })
end
function on_fill(m, f)
  for _, order in ipairs { m.up, m.down } do if order and order.open then order:cancel() end end
end
