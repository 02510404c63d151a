strategy { name = "rsi_atr", timeframe = "1h" }              -- instruments come from the command line or configuration
local P = params {
  rsi_len  = { 14,   min = 2,     max = 100, doc = "bars" },
  buy_below = { 30,  min = 5,     max = 50 },
  atr_mult = { 2.0,  min = 0.5,   max = 10,   doc = "stop distance in ATRs" },
  risk     = { 0.01, min = 0.001, max = 0.05, doc = "share of equity lost if stopped" } }
function on_init(m)                                          -- once an instrument; m keeps its own state
  m.r, m.a = m:rsi(P.rsi_len), m:atr(14)                     -- fed by closed bars; warm-up follows from these
end
function on_bar(m, b)                                        -- closed bars only; first call: everything above is ready
  if m:busy() then return end
  if m.position.qty == 0 and m.r() < P.buy_below then
    local stop = b.close - P.atr_mult * m.a()                -- a plain number, off the grid: fine
    local qty, why = size.risk(m, { risk = P.risk, entry = b.close, stop = stop })
    if not qty then return log.info("skip: %s", why) end
    local order, err = m:buy(qty, { stop_loss = stop, tag = "dip" })
    if not order then log.warn("refused: %s %s", err.code, err.message) end
  elseif m.position.qty > 0 and m.r() > 55 then
    m:close { tag = "mean" }                                 -- takes its own stop down with it
  end
end
