-- newborn: buys a dip below the average in an upward trend, with a stop; sells when the price is back.
-- Try it:   outcry backtest newborn.lua synthetic-bars:5000 --cash '10000 USDT' --fee taker=0.1% --report newborn.html
-- Test it:  outcry test newborn_test.lua
strategy { name = "newborn", about = "dips in an upward trend" }

local P = params {
  trend = { 50, min = 2, max = 5000, doc = "bars of the slow average" },
  dip = { 5, min = 2, max = 1000, doc = "bars of the fast average" },
  risk = { 0.01, min = 0.0001, max = 0.1, doc = "share of the equity that a stop may lose" },
  stop = { 2, min = 0.1, max = 20, doc = "distance of the stop in average true ranges" },
}

---@param m outcry.Market
function on_init(m) -- once a market: indicators are made here and fed by closed bars
  m.slow, m.fast, m.range = m:sma(P.trend), m:sma(P.dip), m:atr(14)
end

---@param m outcry.Market
---@param b outcry.Bar
function on_bar(m, b) -- each closed bar, when all indicators are ready
  if m.position.qty > 0 then
    if b.close > m.fast() then m:close { tag = "back" } end
  elseif not m:busy() and m.fast() > m.slow() and b.close < m.fast() then
    local stop = b.close - P.stop * m.range()
    local qty, why = size.risk(m, { risk = P.risk, entry = b.close, stop = stop })
    if qty then m:buy(qty, { stop_loss = stop, tag = "dip" }) else log.info("no size: %s", why) end
  end
end
