-- Each kind of order and each time in force, one after the other; some are denied, some rejected, some expire.
strategy { name = "stops" }
local SECOND = 1000000000

local function ask(m, b)
  local p, k = b.close, m.n // 5 % 12
  if k == 0 then return m:buy { quote_qty = 500 }
  elseif k == 1 then return m:buy { qty = 0.02, price = p * 0.9995, tif = "GTD", expire = now() + 600 * SECOND }
  elseif k == 2 then return m:buy { qty = 0.02, price = p * 1.001, tif = "IOC" }
  elseif k == 3 then return m:buy { qty = 0.02, price = p * 0.98, tif = "FOK" }
  elseif k == 4 then return m:buy { qty = 0.02, price = p * 1.002, post_only = true }
  elseif k == 5 then return m:buy { qty = 0.02, price = p * 0.999, post_only = true, tif = "DAY" }
  elseif k == 6 then return m:buy { qty = 0.02, stop = p * 1.0005, price = p * 1.002 }
  elseif k == 7 then return m:sell { qty = 0.01, stop = p * 0.9995, reduce_only = true }
  elseif k == 8 then return m:sell { qty = 0.01, stop = p * 0.999, price = p * 0.998 }
  elseif k == 9 then return m:buy { qty = 50 }
  elseif k == 10 then return m:buy { qty = 0.01234567, price = p * 1.2, strict = true }
  else return m:close() end
end

function on_bar(m, b)
  m.n = (m.n or 0) + 1
  if m.n % 5 == 0 then ask(m, b) end
  if m.n % 61 == 0 then m:cancel_all() end
  if m.n % 17 == 0 then
    local first = m:orders()[1]
    if first and first.price then first:replace { price = first.price * 1.0002, qty = first.qty * 2 } end
  end
end
