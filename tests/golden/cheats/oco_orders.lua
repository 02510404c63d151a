-- Pairs of which one cancels the other, inside one bar: breakouts either way, dips and rises either way, a target and a stop of what is held;
-- some tied three at a time, some amended while they stand.
strategy { name = "oco_orders" }
function on_bar(m, b)
  local held, n = m.position.qty, (m.n or 0) + 1
  m.n = n
  for _, order in ipairs(m:orders()) do order:cancel() end
  local up, down = m:round_price(b.close + 0.3), m:round_price(b.close - 0.3)
  if held ~= 0 then
    local verb, away = held > 0 and m.sell or m.buy, held > 0 and 1 or -1
    local target = verb(m, math.abs(held), { price = m:round_price(b.close + 0.25 * away), reduce_only = true })
    verb(m, math.abs(held), { stop = m:round_price(b.close - 0.25 * away), reduce_only = true, oco = target })
  elseif n % 3 == 0 then
    local order = m:buy(1, { stop = up })
    m:sell(1, { stop = down, oco = order })
  elseif n % 3 == 1 then
    local order = m:buy(1, { price = down })
    m:sell(1, { price = up, oco = order })
    if n % 2 == 0 then order:replace { price = m:round_price(down - 0.1) } end
  else
    local order = m:buy(1, { stop = up })
    m:buy(1, { price = down, oco = order })
    m:sell(1, { stop = m:round_price(b.close - 0.6), oco = order })
  end
end
