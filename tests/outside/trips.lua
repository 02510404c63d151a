-- Round trips by chance: most of them lose.
strategy { name = "trips" }

function on_bar(m, b)
  if m:busy() then return end
  if m.position.qty > 0 then
    if math.random(3) == 1 then m:close { tag = "out" } end
  elseif math.random(3) == 1 then
    m:buy { qty = 0.01, tag = "in" }
  end
end
