-- Keeps nothing: what is lost is named.
strategy { name = "lost" }
count, limit = 0, 5
closes = {}

function on_init(m) m.average = m:sma(3) end
function on_start() every("1d", function() count = count + 1 end) end
function on_bar(m, b)
  count = count + 1
  closes[#closes + 1] = b.close
  last = b.close
  if count == limit then after("90h", function() m:close() end) end
  if count == 3 then m:buy { qty = 0.01 } end
end
