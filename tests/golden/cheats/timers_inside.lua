-- In and out by timers inside the bar.
strategy { name = "timers_inside" }
function on_init(m)
  m.n = 0
  every("1m", function()
    m.n = m.n + 1
    after("5s", function() if m.n % 2 == 0 then m:buy(1) else m:sell(1) end end)
    after("50s", function() m:close() end)
  end)
end
function on_bar(m, b) if m.position.qty ~= 0 and not m:busy() then m:close() end end
