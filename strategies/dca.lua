-- Buys for the same amount at fixed times, whatever the price, until the money is spent; sells nothing.
strategy { name = "dca" }

local P = params {
  every  = { "1d",  doc = "a duration, at whole multiples of it" },
  amount = { 100.0, min = 0.01, max = 1000000000, doc = "money a time, fees included" },
}

function on_init(m)
  every(P.every, function()
    local amount = math.min(P.amount, 0.94 * account(m.quote, "free"))   -- the host keeps 5 % for the price to move
    if amount < P.amount / 10 then return end
    local order, err = m:buy { quote_qty = amount, tag = "dca" }
    if not order then log.warn("refused: %s", err.message) end
  end)
end

function on_bar(m, b) end
