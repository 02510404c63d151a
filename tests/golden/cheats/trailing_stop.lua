-- Stops that follow the market closely, on both sides, from entries at market, at a limit and at a stop: whether the way from an extreme
-- back to the stop is paid for. With a target now and then, and by a part of the price.
strategy { name = "trailing_stop" }
function on_bar(m, b)
  if m.position.qty ~= 0 then return end
  for _, order in ipairs(m:orders()) do order:cancel() end
  local n = (m.n or 0) + 1
  m.n = n
  local trail = n % 2 == 0 and 0.05 or "0.3%"
  if n % 4 == 0 then m:buy(1, { trail = trail })
  elseif n % 4 == 1 then m:sell(1, { trail = trail, take_profit = m:round_price(b.close - 0.4) })
  elseif n % 4 == 2 then m:buy(1, { price = m:round_price(b.close - 0.2), trail = trail, trail_from = m:round_price(b.close + 0.1) })
  else m:sell(1, { stop = m:round_price(b.close - 0.2), trail = trail }) end
end
