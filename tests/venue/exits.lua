-- An entry that rests, and a position with a stop and a target.
strategy { name = "exits" }
local function step(m)
  if m.position.qty == 0 and not m:busy() and not state.done then
    state.done = m:buy { qty = "0.001", stop_loss = "50000", take_profit = "70000" } ~= nil
  elseif m.position.qty > 0 and not state.waits then
    state.waits = m:buy { qty = "0.002", price = "55000" } ~= nil
  end
end
function on_init(m) every("100ms", function() step(m) end) end
-- What is taken back at the end is not asked for again.
function on_order(m, order)
  if order.state == "CANCELED" and order.qty == 0.002 then
    local _, err = m:buy { qty = "0.002", price = "55000" }
    log.info("asks again: %s", err and err.code or "sent")
  end
end
