-- Buys once, with a stop and a target.
strategy { name = "guarded" }
function on_trade(m)
  if m.position.qty == 0 and not m:busy() and not state.done then
    state.done = m:buy { qty = "0.1", stop_loss = "50000", take_profit = "70000" } ~= nil
  end
end
