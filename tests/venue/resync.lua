-- Bought with the first trade; behind a hole it would have sold (P.would), or does not say.
strategy { name = "resync", timeframe = "1m" }
local P = params { would = { "flat", doc = "flat, long or nothing" } }

function on_trade(m, t)
  if state.bought then return end
  state.bought = true
  m:buy { qty = 0.001 }
end

function on_bar(m, b) log.info("bar at %d", b.open_time // 1000000000) end

function on_resync(m, missed)
  log.info("resync behind %d bars, holds %.5f", missed, m.position.qty)
  if P.would ~= "nothing" then return P.would end
end
