-- One order that is changed twice and then taken back, by the prices that it hears.
strategy { name = "at the tarn" }
local order

function on_trade(m, t)
  if t.price == 100 then order = m:buy { qty = 0.010, price = 99 } end
  if t.price == 100.1 then order:replace { price = 99.1 } end
  if t.price == 100.2 then order:replace { price = 99.2 } end
  if t.price == 100.3 then order:cancel() end
end
