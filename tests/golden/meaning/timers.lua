-- Orders from timers, and from what orders and fills tell.
strategy { name = "timers", timeframe = "1m" }

function on_init(m)
  every("7m", function() if not m:busy() and m.position.qty < 0.05 then m:buy { qty = 0.01, tag = "timer" } end end)
end

function on_fill(m, f)
  if f.side == "buy" then after("11m", function() if m.position.qty > 0.03 then m:close { tag = "after" } end end) end
end

function on_bar(m, b) end
