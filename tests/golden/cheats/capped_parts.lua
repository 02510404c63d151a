-- Orders that a bar can fill in parts only, with legs for each part, closed and opened again while the rest is under way.
-- options: --volume-cap 0.000003 --latency 7s
strategy { name = "capped_parts" }
function on_bar(m, b)
  m.n = (m.n or 0) + 1
  if m.n % 4 == 0 then m:close() end
  if m.n % 4 == 1 then m:buy(10, { price = b.close - 0.1, stop_loss = b.close - 0.4, take_profit = b.close + 0.3 }) end
  if m.n % 4 == 2 then for _, order in ipairs(m:orders()) do if order.role == "entry" then order:replace { price = b.close + 0.1 } end end end
end
