-- Orders that never rest, sent by timers at the times of the extremes: what is filled says where the bar has been.
strategy { name = "ioc_ladder" }
function on_bar(m, b)
  local c = b.close
  if m.position.qty ~= 0 and not m:busy() then m:close() end
  for _, at in ipairs { "1ns", "19999999999ns", "20s", "30s", "40s", "59s" } do
    after(at, function()
      for i = 1, 3 do
        m:buy(1, { price = m:round_price(c + 0.3 * (i - 2)), tif = "IOC" })
        m:sell(1, { price = m:round_price(c - 0.3 * (i - 2)), tif = "FOK" })
      end
    end)
  end
end
function on_fill(m, f)
  if math.abs(m.position.qty) > 2 and not m:busy() then m:close() end
end
