-- Buys once, with a stop that follows the market and a target that is far away.
strategy { name = "guarded" }
function on_trade(m)
  if m.position.qty == 0 and not m:busy() and not state.done then
    state.done = m:buy { qty = "0.1", trail = "5%", take_profit = "90000" } ~= nil
  end
end
