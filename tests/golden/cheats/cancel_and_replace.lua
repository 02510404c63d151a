-- Limits near the price that are taken back and put again all through the bar.
strategy { name = "cancel_and_replace" }
function on_init(m)
  every("10s", function()
    if not m.price then return end
    for _, order in ipairs(m:orders()) do order:cancel() end
    m:buy(1, { price = m:round_price(m.price - 0.1) })
    m:sell(1, { price = m:round_price(m.price + 0.1) })
  end)
end
function on_bar(m, b)
  m.price = b.close
  if math.abs(m.position.qty) > 3 then m:close() end
end
