-- A timer of on_init, and nothing else.
strategy { name = "daily" }

function on_init(m)
  every("1d", function() m:buy { qty = 0.01 } end)
end
