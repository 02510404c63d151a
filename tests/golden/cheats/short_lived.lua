-- Orders that live to a third of the bar, or from there on: one of them sees the extreme that comes first.
strategy { name = "short_lived" }
function on_bar(m, b)
  if m.position.qty ~= 0 then m:close() end
  local soon = now() + 21 * 1000000000
  m:buy(1, { price = b.close - 0.5, tif = "GTD", expire = soon })
  m:sell(1, { price = b.close + 0.5, tif = "GTD", expire = soon })
  m:buy(0.5, { stop = b.close + 0.8, tif = "GTD", expire = soon })
  m:sell(0.5, { stop = b.close - 0.8, tif = "GTD", expire = soon })
end
