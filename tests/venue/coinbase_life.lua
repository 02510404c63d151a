-- The life of two orders. A rests, is changed, is filled in part, is changed again with what it has traded, and is canceled. B rests, is filled in part
-- while the host is down, and is canceled. C is bought at market, and protected.
strategy { name = "life" }

local function is_at(order, state) return order and order.state == state end

local function step(m)
  state.position = m.position.qty
  if not m.first then
    m.first = m:buy { qty = "0.01", price = "59000" } -- refused until the venue is compared, and something has traded
  elseif not m.is_changed then
    if is_at(m.first, "ACCEPTED") then m.is_changed = m.first:replace { price = "59995.5" } ~= nil end
  elseif not m.is_larger then
    if is_at(m.first, "PARTIALLY_FILLED") then
      log.info("A is changed: %s, and has traded %s", m.first.price, m.first.filled)
      m.is_larger = m.first:replace { qty = "0.02", price = "59990" } ~= nil
    end
  elseif not m.second then
    if is_at(m.first, "PARTIALLY_FILLED") and m.first.qty > 0.015 then
      log.info("A is larger: %s", m.first.qty)
      m.first:cancel()
    elseif is_at(m.first, "CANCELED") then
      m.second = m:buy { qty = "0.005", price = "59995.5" }
    end
  elseif is_at(m.second, "PARTIALLY_FILLED") then
    log.info("B has traded %s", m.second.filled)
    m.second:cancel()
  elseif is_at(m.second, "CANCELED") and not m.third then
    m.third = m:buy { qty = "0.001", stop_loss = "59000" } -- its stop waits at the venue
  end
end

function on_init(m) every("100ms", function() step(m) end) end

function on_stop() log.info("holds BTC %.8f USD %.8f BTC/USD %.8f", account("BTC"), account("USD"), state.position) end
