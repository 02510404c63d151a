-- Buys below what it saw before, sells above what it paid; an order that is not filled after ten trades is taken back.
strategy { name = "day" }
local seen, since = nil, 0

function on_trade(m, t)
  since = since + 1
  if m:busy() then
    if since == 10 then m:cancel_all() end
    return
  end
  since = 0
  if m.position.qty == 0 and seen and t.price < seen then m:buy { qty = 0.001, price = t.price }
  elseif m.position.qty > 0 then m:sell { qty = m.position.qty, price = t.price } end
  seen = t.price
end
