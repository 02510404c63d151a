-- Not a cheat: market orders decided on closes, without costs. It neither gains nor loses.
-- options: --profile ideal --latency 0
strategy { name = "control" }
function on_bar(m, b)
  if m.position.qty == 0 then
    if b.close > b.open then m:buy(1) else m:sell(1) end
  else
    m:close()
  end
end
