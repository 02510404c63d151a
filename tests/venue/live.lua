-- What a live feed brings: the order book as it changes, and bars of a second.
strategy { name = "live", timeframe = "1s" }

function on_init(m) m.s = m:sma(2) end

local function side(levels)
  local words = {}
  for i = 1, math.min(3, #levels) do words[i] = string.format("%.2f*%.5f", levels[i].price, levels[i].qty) end
  return table.concat(words, " ")
end

function on_book(m, b)
  log.info("book %s / %s", side(b.bids), side(b.asks))
  if not state.walked then
    state.walked = true
    log.info("walk %s", b:walk("buy", "0.0001") >= b.ask and b:walk("sell", "0.0001") <= b.bid)
  end
end

function on_bar(m, b)
  state.bars = (state.bars or 0) + 1
  log.info("bar %d of %d at %.2f, %.5f traded", state.bars, b.open_time // 1000000000, b.close, b.volume)
end
