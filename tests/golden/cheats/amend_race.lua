-- A resting limit is amended through the bar's range by timers, up to where it must fill if the high came last.
strategy { name = "amend_race" }
function on_init(m)
  every("15s", function()
    if m.under and m.under.open then m.under:replace { price = m:round_price(m.under.price + 0.15) } end
    if m.above and m.above.open then m.above:replace { price = m:round_price(m.above.price - 0.15) } end
  end)
end
function on_bar(m, b)
  for _, order in ipairs(m:orders()) do order:cancel() end
  if m.position.qty ~= 0 then m:close() end
  m.under = m:buy(1, { price = b.close - 0.6 })
  m.above = m:sell(1, { price = b.close + 0.6 })
end
