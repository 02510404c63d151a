-- Trend with two eyes: buys when MACD crosses above its signal while the price is above a slow average; leaves when it crosses below.
strategy { name = "ema_macd" }

local P = params {
  trend    = { 100,  min = 2,    max = 5000, doc = "bars of the slow average" },
  fast     = { 12,   min = 1,    max = 500,  doc = "bars" },
  slow     = { 26,   min = 2,    max = 1000, doc = "bars" },
  signal   = { 9,    min = 1,    max = 500,  doc = "bars" },
  invested = { 0.95, min = 0.01, max = 1,    doc = "share of equity in a position" },
}

function on_init(m)
  m.trend = m:ema(P.trend)
  m.line, m.signal = m:macd(P.fast, P.slow, P.signal)
end

function on_bar(m, b)
  if m:busy() then return end
  if m.position.qty == 0 then
    if b.close > m.trend() and cross_above(m.line, m.signal) then
      local order, err = m:target_percent(P.invested, { tag = "up" })
      if not order then log.warn("refused: %s", err.message) end
    end
  elseif cross_below(m.line, m.signal) then
    m:close { tag = "down" }
  end
end
