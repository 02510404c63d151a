-- Breakout, as the Turtles had it: buys above the highest high of the bars before, leaves below the lowest low of fewer of them. The
-- size is such that a move of some average ranges against it costs a fixed share of equity.
strategy { name = "donchian_breakout" }

local P = params {
  enter  = { 55,   min = 2,     max = 5000, doc = "bars of the channel that is broken" },
  leave  = { 20,   min = 2,     max = 5000, doc = "bars of the channel that ends it" },
  atr    = { 20,   min = 1,     max = 1000, doc = "bars" },
  factor = { 2.0,  min = 0.1,   max = 20,   doc = "average ranges between the entry and the stop loss" },
  risk   = { 0.01, min = 0.001, max = 0.1,  doc = "share of equity lost if stopped" },
}

function on_init(m)
  local _
  m.channel = m:donchian(P.enter)
  m.range = m:atr(P.atr)
  _, _, m.exit = m:donchian(P.leave)
end

function on_bar(m, b)
  -- A channel holds the bar that has just closed: the one that is broken is that of a bar ago. At the first bar there is none.
  local is_first = not m.begun
  m.begun = true
  if is_first or m:busy() then return end
  if m.position.qty == 0 then
    if b.close <= m.channel(1) then return end
    local qty, why = size.atr(m, { risk = P.risk, atr = m.range(), factor = P.factor, entry = b.close })
    if not qty then return log.info("skip: %s", why) end
    local order, err = m:buy(qty, { stop_loss = b.close - P.factor * m.range(), tag = "breakout" })
    if not order then log.warn("refused: %s", err.message) end
  elseif b.close < m.exit(1) then
    m:close { tag = "exit" }
  end
end
