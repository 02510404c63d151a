-- Paper on a live feed: buys with the first trade, leaves a bid where others bid, and says what it is told.
strategy { name = "feed", timeframe = "1s" }

function on_trade(m, t)
  if state.bought then return end
  state.bought = true
  m:buy { qty = 0.01 }
  m:buy { qty = 0.004, price = 59979.25 }
end

function on_fill(m, f)
  log.info("filled %s %.5f at %.2f %s, at once %s", f.side, f.qty, f.price, f.liquidity, now() - f.time < 50000000)
end
