-- One order that is changed twice and then taken back, by the prices that it hears.
strategy { name = "at the tarn" }

function on_trade(m, t)
  if t.price == 100 then m.order = m:buy { qty = 0.010, price = 99 } end
  if t.price == 100.1 then m.order:replace { price = 99.1 } end
  if t.price == 100.2 then m.order:replace { price = 99.2 } end
  if t.price == 100.3 then m.order:cancel() end
end
