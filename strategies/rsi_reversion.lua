-- Buys weakness, risks a fixed share of equity against a stop some ATRs below, and leaves when strength is back.
strategy { name = "rsi_reversion" }

local P = params {
  rsi_len    = { 14,   min = 2,     max = 100,  doc = "bars" },
  atr_len    = { 14,   min = 2,     max = 100,  doc = "bars" },
  buy_below  = { 30,   min = 5,     max = 50,   doc = "RSI" },
  sell_above = { 55,   min = 50,    max = 95,   doc = "RSI" },
  atr_mult   = { 2.0,  min = 0.5,   max = 10,   doc = "stop distance in ATRs" },
  risk       = { 0.01, min = 0.001, max = 0.05, doc = "share of equity lost if stopped" },
}

function on_init(m)
  m.r, m.a = m:rsi(P.rsi_len), m:atr(P.atr_len)
end

function on_bar(m, b)
  plot("RSI", m.r, { pane = 2 })
  if m:busy() then return end
  if m.position.qty == 0 and m.r() < P.buy_below then
    local stop = b.close - P.atr_mult * m.a()
    local qty, why = size.risk(m, { risk = P.risk, entry = b.close, stop = stop })
    if not qty then return log.info("skip: %s", why) end
    qty = math.min(qty, m:round_qty(0.95 * account.free / b.close))
    if qty <= 0 then return end
    local order, err = m:buy(qty, { stop_loss = stop, tag = "dip" })
    if not order then log.warn("refused: %s %s", err.code, err.message) end
  elseif m.position.qty > 0 and m.r() > P.sell_above then
    m:close { tag = "mean" }
  end
end
