-- Chance, timers by name from everywhere, brackets: all of it has to come back.
strategy { name = "chance" }

function tick()
  state.ticks = (state.ticks or 0) + 1
  if math.random() < 0.5 and market.position.qty < 0.05 then market:buy { qty = 0.01, tag = "tick" } end
end

function later()
  if market.position.qty > 0.03 then market:close { tag = "later" } end
end

function on_init(m)
  market = m
  every("7m", tick)
  after("3m", later)
end

function on_start() every("13m", tick) end

function on_fill(m, f)
  if f.side == "buy" then after("11m", later) end
end

function on_bar(m, b)
  if math.random(40) == 1 and m.position.qty == 0 and not m:busy() then
    m:buy { qty = 0.02, stop_loss = b.close * 0.995, take_profit = b.close * 1.01 }
  end
end
