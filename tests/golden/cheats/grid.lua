-- A ladder of limits on both sides, each with a target a step away.
strategy { name = "grid" }
function on_bar(m, b)
  for _, order in ipairs(m:orders()) do if order.role == "entry" then order:cancel() end end
  if math.abs(m.position.qty) > 6 then m:close() return end
  for i = 1, 3 do
    m:buy(1, { price = b.close - 0.2 * i, take_profit = b.close - 0.2 * i + 0.2, tag = "rung" })
    m:sell(1, { price = b.close + 0.2 * i, take_profit = b.close + 0.2 * i - 0.2, tag = "rung" })
  end
end
