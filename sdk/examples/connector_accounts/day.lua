-- Buys below 100, sells above it, in each market that it is given.
strategy { name = "day" }

function on_trade(m, t)
  if m:busy() then return end
  if m.position.qty == 0 and t.price < 100 then m:buy { qty = 0.01, price = t.price, tag = m.account }
  elseif m.position.qty > 0 and t.price > 100 then m:sell { qty = m.position.qty, price = t.price } end
end
