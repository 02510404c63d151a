-- Entries with a stop loss and a take profit: by market, by limit that is replaced until it fills, and by stop; some taken back.
strategy { name = "brackets" }

function on_init(m) m.fast, m.slow = m:ema(5), m:ema(20) end

function on_bar(m, b)
  m.n = (m.n or 0) + 1
  if m.entry and m.entry.open then
    if m.n - m.since > 12 then m.entry:cancel()
    elseif m.entry.price and m.n % 3 == 0 then m.entry:replace { price = m:round_price(b.close * 0.9995) } end
    return
  end
  if m.position.qty ~= 0 then
    if m.n - m.since > 60 then m:close { tag = "old" } end
    return
  end
  local kind, stop, target = m.n % 4, b.close * 0.997, b.close * 1.004
  if cross_above(m.fast, m.slow) or m.n % 7 == 0 then
    m.since = m.n
    if kind == 0 then m.entry = m:buy { qty = 0.05, stop_loss = stop, take_profit = target }
    elseif kind == 1 then m.entry = m:buy { qty = 0.07, price = b.close * 0.999, stop_loss = stop, take_profit = target }
    elseif kind == 2 then m.entry = m:buy { qty = 0.03, stop = b.close * 1.001, stop_loss = stop }
    else m.entry = m:buy { quote_qty = 900, take_profit = target } end
  end
end
