-- Two strategies with a book each at one account: what the one loses on a path that it makes the worse one, this one is to gain; and it
-- reacts to a probe of its own while the other still holds the other side.
-- beside: heavy.lua
strategy { name = "light" }
function on_bar(m, b)
  for _, order in ipairs(m:orders()) do if order.role == "entry" then order:cancel() end end
  if m.position.qty ~= 0 then m:close() return end
  m:sell(1, { price = b.close + 0.6, stop_loss = b.close + 1.5, take_profit = b.close + 0.1 })
  m:buy(1, { price = b.close - 0.6, stop_loss = b.close - 1.5, take_profit = b.close - 0.1 })
  m:buy(0.01, { stop = b.close + 0.05, tag = "probe" })
end
function on_fill(m, f)
  if f.qty > 0.01 then return end
  for _, order in ipairs(m:orders()) do if order.role == "entry" and order.side == "buy" then order:cancel() end end
end
