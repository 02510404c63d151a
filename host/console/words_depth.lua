-- words_depth.lua: the book as a ladder of prices with one's own orders, and as what lies within a distance of the middle.
local S = ...
local word = S.word

local ROWS_MAX = 60

local function book_of(symbol)
  local info, err = S.info(symbol)
  if not info then return nil, err end
  local b, why = S.ask('book', info.symbol)
  if not b then return nil, why end
  return b, nil, info
end

-- Where quantity stands: [price] = { bid =, ask =, mine = }.
local function levels_of(book, orders, info)
  local at, prices = {}, {}
  local function level(price)
    local key = S.price(info, price)
    if not at[key] then
      at[key] = { price = price }
      prices[#prices + 1] = at[key]
    end
    return at[key]
  end
  for _, row in ipairs(book.bids) do level(row[1]).bid = row[2] or true end
  for _, row in ipairs(book.asks) do level(row[1]).ask = row[2] or true end
  for _, order in ipairs(orders) do
    local price = order.symbol == info.symbol and (order.price or order.stop)
    if price then
      local row, left = level(price), order.remaining or order.qty or 0
      local side = order.side == 'BUY' and 'buys' or 'sells'
      row[side] = (row[side] or 0) + left
      if order.stop and not order.price then row.is_stop = true end
    end
  end
  table.sort(prices, function(a, b) return a.price > b.price end)
  return prices
end

-- The rows nearest to the middle; what a person has there stays, however far.
local function nearest_rows(rows, middle, most)
  local kept = {}
  for i, row in ipairs(rows) do kept[i] = { row = row, away = math.abs(row.price - middle), mine = row.buys or row.sells } end
  table.sort(kept, function(a, b)
    if (a.mine ~= nil) ~= (b.mine ~= nil) then return a.mine ~= nil end
    return a.away < b.away
  end)
  local list = {}
  for i = 1, math.min(most, #kept) do list[i] = kept[i].row end
  table.sort(list, function(a, b) return a.price > b.price end)
  return list
end

local function size_text(info, size)
  if size == nil then return '' end
  return size == true and '?' or S.qty(info, size)
end

word('Look', 'ladder', 'ladder([symbol], [rows])', 'Prices from high to low with what is bid and asked there, the own orders beside, the last price and the average of the position.',
  'ladder 20', function(symbol, rows)
    if type(symbol) == 'number' then symbol, rows = nil, symbol end
    local book, err, info = book_of(symbol)
    if not book then return nil, err end
    local last = (S.ask('ticker', info.symbol) or {}).last
    local orders, average = S.list(500, 'orders', 'open') or {}, nil
    for _, row in ipairs(S.list(200, 'positions') or {}) do
      if row.symbol == info.symbol and not row.strategy and row.qty ~= 0 then average = row.average end
    end
    local levels = levels_of(book, orders, info)
    local bid, ask = book.bids[1] and book.bids[1][1], book.asks[1] and book.asks[1][1]
    local middle = bid and ask and (bid + ask) / 2 or bid or ask or last
    if #levels == 0 or not middle then return nil, { code = 'NO_BOOK', message = book.note or 'no prices are known yet', definitive = true } end
    local _, screen_rows = S.screen()
    local most = math.max(2, math.min(ROWS_MAX, tonumber(rows) or (screen_rows > 8 and screen_rows - 6 or 20)))
    local shown = nearest_rows(levels, middle, most)
    book.rows = shown
    return S.shown(book, function(v)
      local marked_last, marked_average = false, false
      for i, row in ipairs(v.rows) do
        local below, notes = v.rows[i + 1], {}
        local function is_here(price) return price and price <= row.price and (not below or price > below.price) or (price and i == 1 and price > row.price) end
        if not marked_last and is_here(last) then notes[#notes + 1], marked_last = '< last ' .. S.price(info, last), true end
        if not marked_average and is_here(average) then notes[#notes + 1], marked_average = '< average ' .. S.price(info, average), true end
        if row.is_stop then notes[#notes + 1] = 'stop' end
        row.note = table.concat(notes, ', ')
      end
      local function green() return 'green' end
      local function red() return 'red' end
      return S.grid({ { 'my buys', 'buys', right = true, colour = green, get = function(r) return r.buys and S.qty(info, r.buys) or '' end },
        { 'bid', 'bid', right = true, colour = green, get = function(r) return size_text(info, r.bid) end },
        { 'price', 'price', right = true, get = function(r) return S.price(info, r.price) end },
        { 'ask', 'ask', right = true, colour = red, get = function(r) return size_text(info, r.ask) end },
        { 'my sells', 'sells', right = true, colour = red, get = function(r) return r.sells and S.qty(info, r.sells) or '' end },
        { '', 'note', drop = 1 } }, v.rows) .. (v.note and S.paint('dim', S.clean(v.note)) .. '\n' or '')
    end)
  end)

local distances = { 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.02, 0.05 }

-- What lies within each distance of the middle, and whether the book reaches that far.
local function sums_of(side, middle, sign)
  local sums, farthest = {}, 0
  for i, distance in ipairs(distances) do
    sums[i] = { qty = 0, money = 0 }
    for _, row in ipairs(side) do
      local away = sign * (row[1] / middle - 1)
      if away <= distance and row[2] then sums[i].qty, sums[i].money = sums[i].qty + row[2], sums[i].money + row[2] * row[1] end
      farthest = math.max(farthest, away)
    end
  end
  return sums, farthest
end

word('Look', 'depth', 'depth([symbol])', 'What is bid and asked within a distance of the middle, as far as the book reaches.', 'depth', function(symbol)
  local book, err, info = book_of(symbol)
  if not book then return nil, err end
  local bid, ask = book.bids[1] and book.bids[1][1], book.asks[1] and book.asks[1][1]
  if not bid or not ask then return nil, { code = 'NO_BOOK', message = book.note or 'no bid and ask are known yet', definitive = true } end
  local middle, rows = (bid + ask) / 2, {}
  local bids, bids_reach = sums_of(book.bids, middle, -1)
  local asks, asks_reach = sums_of(book.asks, middle, 1)
  for i, distance in ipairs(distances) do
    rows[i] = { within = distance, bid = bids[i].qty, bid_money = bids[i].money, ask = asks[i].qty, ask_money = asks[i].money }
    if distance >= math.max(bids_reach, asks_reach) then break end
  end
  rows.middle, rows.spread, rows.note = middle, ask - bid, book.note
  return S.shown(rows, function(v)
    local most = 0
    for _, row in ipairs(v) do most = math.max(most, row.bid, row.ask) end
    local function bar(x) return most > 0 and string.rep('#', math.floor(x / most * 12 + 0.5)) or '' end
    local function money(key) return function(r) return S.money(r[key]) .. ' ' .. info.quote end end
    local head = S.card { { info.symbol, S.price(info, v.middle) .. ', spread ' .. S.price(info, v.spread) .. string.format(', %.2f bps', v.spread / v.middle * 1e4) } }
    return head .. S.grid({ { '', 'bid', drop = 2, right = true, colour = function() return 'green' end, get = function(r) return bar(r.bid) end },
      { 'bid worth', 'bid_money', right = true, drop = 3, get = money('bid_money') }, { 'bid', 'bid', right = true, get = function(r) return S.qty(info, r.bid) end },
      { 'within', 'within', right = true, get = function(r) return string.format('%.2f%%', r.within * 100) end },
      { 'ask', 'ask', right = true, get = function(r) return S.qty(info, r.ask) end }, { 'ask worth', 'ask_money', right = true, drop = 3, get = money('ask_money') },
      { '', 'ask', drop = 2, colour = function() return 'red' end, get = function(r) return bar(r.ask) end } }, v) .. (v.note and S.paint('dim', S.clean(v.note)) .. '\n' or '')
  end)
end)
