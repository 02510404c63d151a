-- Orders that may only reduce ask whether an entry was filled: what they come to would tell, inside the bar.
strategy { name = "reduce_only_probe" }
function on_bar(m, b)
  local c = b.close
  for _, order in ipairs(m:orders()) do order:cancel() end
  if m.position.qty ~= 0 then m:close() end
  m:buy(2, { price = c - 0.3 })
  m:sell(2, { price = c + 0.3 })
  for i = 1, 4 do
    after(i * 12 .. "s", function()
      m:sell(1, { price = m:round_price(c + 0.05), reduce_only = true, tif = "IOC" })
      m:buy(1, { price = m:round_price(c - 0.05), reduce_only = true, tif = "IOC" })
      m:sell(1, { stop = m:round_price(c - 0.35), reduce_only = true })
    end)
  end
end
