-- Breakout with the chandelier exit (Chuck LeBeau's name for it): buys above the highest high of the bars before; the stop hangs some
-- average ranges below the best price since, and follows it upwards only. There is no other way out.
strategy { name = "chandelier" }

local P = params {
  enter  = { 55,   min = 2,     max = 5000, doc = "bars of the channel that is broken" },
  atr    = { 22,   min = 1,     max = 1000, doc = "bars" },
  factor = { 3.0,  min = 0.1,   max = 20,   doc = "average ranges between the best price and the stop" },
  risk   = { 0.01, min = 0.001, max = 0.1,  doc = "share of equity lost if stopped where it begins" },
}

function on_init(m)
  m.channel = m:donchian(P.enter)
  m.range = m:atr(P.atr)
end

function on_bar(m, b)
  -- A channel holds the bar that has just closed: the one that is broken is that of a bar ago. At the first bar there is none.
  local is_first = not m.begun
  m.begun = true
  if is_first or m:busy() or m.position.qty ~= 0 or b.close <= m.channel(1) then return end
  local qty, why = size.atr(m, { risk = P.risk, atr = m.range(), factor = P.factor, entry = b.close })
  if not qty then return log.info("skip: %s", why) end
  local order, err = m:buy(qty, { trail = P.factor * m.range(), tag = "breakout" })
  if not order then log.warn("refused: %s", err.message) end
end
