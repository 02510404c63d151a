-- Buys once, tries to sell more than is its own, and buys again when it is told to (the parameter more).
strategy { name = "held" }
local P = params { more = { 0, doc = "buys each time it is another number" } }
local told

local function try(m)
  local _, plain = m:sell { qty = "0.002" }
  local _, reducing = m:sell { qty = "0.002", reduce_only = true }
  log.info("of another it sells nothing: %s %s", plain and plain.code, reducing and reducing.code)
  log.info("cash %.2f, free %.2f, equity %.2f, BTC %.4f", account.cash, account.free, account.equity, account("BTC"))
  local _, dear = m:buy { qty = "0.009" }
  log.info("more than its capital: %s", dear and dear.code)
  state.has_tried = true
end

local function step(m)
  if not state.bought then state.bought = m:buy { qty = "0.001" } ~= nil end
  if m.position.qty > 0 and not state.has_tried then try(m) end
  if told ~= m.position.qty then
    told = m.position.qty
    log.info("holds %.5f", told)
  end
  if P.more ~= (state.more or 0) then
    local _, err = m:buy { qty = "0.0001" }
    log.info("buys for %d: %s", P.more, err and err.code or "sent")
    state.more = P.more
  end
end

function on_init(m) every("100ms", function() step(m) end) end
