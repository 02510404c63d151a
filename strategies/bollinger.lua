-- Reversion: buys what closed below the lower band, and leaves at the middle.
strategy { name = "bollinger" }

local P = params {
  length = { 20,   min = 2,     max = 5000, doc = "bars" },
  factor = { 2.0,  min = 0.1,   max = 10,   doc = "deviations between the middle and a band" },
  risk   = { 0.01, min = 0.001, max = 0.1,  doc = "share of equity lost if stopped" },
  stop   = { 3.0,  min = 0.1,   max = 20,   doc = "deviations between the entry and the stop loss" },
}

function on_init(m)
  m.upper, m.middle, m.lower = m:bollinger(P.length, P.factor)
  m.deviation = m:stddev(P.length)
end

function on_bar(m, b)
  if m:busy() then return end
  if m.position.qty == 0 then
    if b.close >= m.lower() then return end
    local stop = b.close - P.stop * m.deviation()
    local qty, why = size.risk(m, { risk = P.risk, entry = b.close, stop = stop })
    if not qty then return log.info("skip: %s", why) end
    local order, err = m:buy(qty, { stop_loss = stop, tag = "below" })
    if not order then log.warn("refused: %s", err.message) end
  elseif b.close >= m.middle() then
    m:close { tag = "middle" }
  end
end
