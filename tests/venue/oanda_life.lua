-- The life of some orders. A rests, is replaced, is filled in part and goes on under another number, is replaced again for what is left of it, and is
-- canceled. B rests, is filled in part while the host is down, and is canceled. C is bought at market with a stop and a target, which are set into its
-- trade; its target is reached, and its stop goes. D is sold short and stays, with a stop.
strategy { name = "life" }

local function is_at(order, state) return order and order.state == state end

local function step(m)
  if not m.first then
    m.first = m:buy { qty = 10000, price = "1.07" } -- refused until the venue is compared, and a price is known
  elseif not m.is_replaced then
    if is_at(m.first, "ACCEPTED") then m.is_replaced = m.first:replace { price = "1.08595" } ~= nil end
  elseif not m.is_moved then
    if is_at(m.first, "PARTIALLY_FILLED") then
      log.info("A is replaced: %s, and has traded %s", m.first.price, m.first.filled)
      m.is_moved = m.first:replace { price = "1.08571" } ~= nil
    end
  elseif not m.second then
    if is_at(m.first, "PARTIALLY_FILLED") and not m.is_ending and m.first.price == 1.08571 then
      log.info("A is moved with the rest: %s", m.first.price)
      m.is_ending = true
      m.first:cancel()
    elseif is_at(m.first, "CANCELED") then
      m.second = m:buy { qty = 5000, price = "1.08595" }
    end
  elseif is_at(m.second, "PARTIALLY_FILLED") then
    log.info("B has traded %s", m.second.filled)
    m.second:cancel()
  elseif is_at(m.second, "CANCELED") and not m.third then
    m.third = m:buy { qty = 300, stop_loss = "1.08", take_profit = "1.09" }
  elseif is_at(m.third, "FILLED") and not m.fourth and m.position.qty == 6000 then
    log.info("C has reached its target")
    m.fourth = m:sell { qty = 7000 }
  end
  if m.fourth and m.fourth.state == "FILLED" and not m.is_said then
    m.is_said = true
    log.info("D is sold: %s", m.position.qty)
  end
end

function on_init(m) every("100ms", function() step(m) end) end
function on_stop(m) log.info("holds USD %.6f EUR %.0f", account("USD"), state.qty or 0) end
function on_fill(m) state.qty = m.position.qty end
