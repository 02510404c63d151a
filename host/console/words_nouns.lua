-- words_nouns.lua: nouns are questions: each asks the host anew and gives a table that shows itself.
local S = ...
local word, grid, card = S.word, S.grid, S.card

local LIST_DEFAULT = 50

---- markets and the instrument in use ----

local infos = {}

local function learn()
  local rows, err = S.list(1024, 'markets')
  if not rows then return nil, err end
  infos = {}
  for _, row in ipairs(rows) do
    infos[row.symbol:upper()] = infos[row.symbol:upper()] or row
    infos[(row.venue .. ':' .. row.symbol):upper()] = row
  end
  return rows
end

-- "eth", "ETHUSDT", "eth-usdt": the markets that such a name may mean.
function S.by_short_name(rows, name)
  local found, joined = {}, name:gsub('[-_/]', '')
  for _, row in ipairs(rows) do
    local base, quote = row.base:upper(), row.quote:upper()
    if base == name or base .. quote == joined then found[#found + 1] = row end
  end
  return found
end

-- What does not change about a market: symbol, venue, base, quote, tick, lot and digits.
function S.info(symbol)
  symbol = symbol or S.default
  if type(symbol) == 'table' then symbol = symbol.symbol end
  if type(symbol) ~= 'string' then return nil, { code = 'BAD_SYMBOL', message = 'expected a symbol such as BTC/USDT', definitive = true } end
  local info = infos[symbol:upper()]
  if info then return info end
  local rows, err = learn()
  if not rows then return nil, err end
  if infos[symbol:upper()] then return infos[symbol:upper()] end
  local short = S.of_venue_in_use(S.by_short_name(rows, symbol:upper()))
  if #short == 1 then return short[1] end
  local names = {}
  for _, row in ipairs(rows) do names[#names + 1] = row.symbol end
  local nearest = S.nearest(symbol:upper(), names)
  if #short > 1 then
    for i, row in ipairs(short) do short[i] = row.symbol end
    return nil, { code = 'BAD_SYMBOL', definitive = true, message = string.format("'%s' may be %s: say which", symbol, table.concat(short, ', ')) }
  end
  return nil, { code = 'BAD_SYMBOL', definitive = true,
    message = string.format("no instrument '%s'%s", symbol, nearest and "; did you mean '" .. nearest .. "'?" or '; see markets') }
end

function S.symbols()
  local names = {}
  if next(infos) == nil then learn() end
  for key, row in pairs(infos) do
    if key == row.symbol:upper() then names[#names + 1] = row.symbol end
  end
  return names
end

-- The symbol as the host writes it, or nil and why not.
local function symbol_of(symbol)
  local info, err = S.info(symbol)
  return info and info.symbol, err
end
S.symbol_of = symbol_of

local function table_of(rows, columns, empty)
  return S.shown(rows, function(list)
    if #list == 0 then return S.paint('dim', empty) .. '\n' end
    return grid(columns, list)
  end)
end
S.table_of = table_of

-- For tables with times: what day it is there.
local function note_day() S.today = S.status().now end
S.note_day = note_day

local function limit_of(value) return type(value) == 'number' and math.max(1, math.floor(value)) or LIST_DEFAULT end

local function by_info(fn, key) return function(row) return fn(S.info(row.symbol), row[key]) end end
local function price(title, key, drop) return { title, key, right = true, drop = drop, get = by_info(S.price, key) } end
local function qty(title, key, drop) return { title, key, right = true, drop = drop, get = by_info(S.qty, key) } end
local function time(title, key, drop) return { title, key, drop = drop, get = function(row) return S.clock(row[key]) end } end
local function side(drop)
  return { 'side', 'side', drop = drop, colour = function(row) return S.side_colour(row.side) end }
end
local function profit(title, key, drop)
  return { title, key, right = true, drop = drop, get = function(row) return S.signed(row[key]) end,
    colour = function(row) return S.profit_colour(row[key]) end }
end
local function money(title, key, drop)
  return { title, key, right = true, drop = drop, get = function(row) return S.money(row[key]) end }
end

word('Look', 'markets', 'markets()', 'All instruments with their last price and quote.', 'markets', function()
  local rows, err = learn()
  if not rows then return nil, err end
  return table_of(rows, { { 'symbol', 'symbol' }, { 'venue', 'venue', drop = 3 }, price('last', 'last'), price('bid', 'bid', 2),
    price('ask', 'ask', 2), { 'tick', 'tick', right = true, drop = 4 }, { 'lot', 'lot', right = true, drop = 4 },
    { 'status', 'status', drop = 5, colour = function(row) return row.status ~= 'trading' and 'red' or nil end } },
    'no instruments yet')
end)

word('Look', 'ticker', 'ticker([symbol])', 'Last price, quote and the range of the last day.', 'ticker BTC/USDT', function(symbol)
  local name, err = symbol_of(symbol)
  if not name then return nil, err end
  local t, why = S.ask('ticker', name)
  if not t then return nil, why end
  local info = S.info(name)
  note_day()
  return S.shown(t, function(v)
    local function p(x) return x and S.price(info, x) end
    local quote = v.bid and v.ask and string.format('%s / %s', p(v.bid), p(v.ask))
    local range = v.low and v.high and string.format('%s .. %s', p(v.low), p(v.high))
    return card { { v.symbol, p(v.last) or 'no trade yet' }, { 'bid / ask', quote },
      { 'size', v.bid_qty and v.ask_qty and S.qty(info, v.bid_qty) .. ' / ' .. S.qty(info, v.ask_qty) },
      { 'change', v.change and S.percent(v.change, 2) .. (v.over_ns and v.over_ns > 0 and ' in ' .. S.duration(v.over_ns) or ''),
        S.profit_colour(v.change) },
      { 'range', range }, { 'volume', v.volume and S.qty(info, v.volume) .. ' ' .. info.base }, { 'time', S.clock(v.time) } }
  end)
end)

word('Look', 'book', 'book([symbol])', 'Bids and asks, best first.', 'book', function(symbol)
  local name, err = symbol_of(symbol)
  if not name then return nil, err end
  local b, why = S.ask('book', name)
  if not b then return nil, why end
  local info = S.info(name)
  return S.shown(b, function(v)
    local rows = {}
    for i = 1, math.max(#v.bids, #v.asks) do
      local bid, ask = v.bids[i] or {}, v.asks[i] or {}
      rows[i] = { S.qty(info, bid[2]), S.price(info, bid[1]), S.price(info, ask[1]), S.qty(info, ask[2]) }
    end
    local function green() return 'green' end
    local function red() return 'red' end
    local text = #rows > 0 and grid({ { 'qty', 1, right = true }, { 'bid', 2, right = true, colour = green },
      { 'ask', 3, right = true, colour = red }, { 'qty', 4, right = true } }, rows) or ''
    return text .. (v.note and S.paint('dim', v.note) .. '\n' or '')
  end)
end)

word('Look', 'walk', 'walk(qty, [symbol])', 'What a quantity would pay or bring by the order book as it stands.', 'walk 0.5', function(qty, symbol)
  if type(qty) ~= 'number' and not tonumber(qty) then S.wrong('walk how much? found ' .. S.text(qty) .. ', expected a quantity: walk 0.5') end
  local name, err = symbol_of(symbol)
  if not name then return nil, err end
  local w, why = S.ask('walk', name, qty)
  if not w then return nil, why end
  local info = S.info(name)
  return S.shown(w, function(v)
    local function side(s)
      local text = s.average and S.price(info, s.average) or 'nothing'
      if s.qty < v.qty then text = text .. ', for ' .. S.qty(info, s.qty) .. ': the book ends there' end
      return text
    end
    return card { { v.symbol, S.qty(info, v.qty) .. ' ' .. info.base }, { 'buy, average', side(v.buy) }, { 'sell, average', side(v.sell) } }
  end)
end)

word('Look', 'figures', 'figures([symbol])', 'Figures that the venue says: mark, index, open interest, funding.', 'figures', function(symbol)
  local name, err = symbol_of(symbol)
  if not name then return nil, err end
  local rows, why = S.list(200, 'figures', name)
  if not rows then return nil, why end
  return table_of(rows, { { 'figure', 'figure' }, { 'value', 'value', right = true, get = function(r) return S.any(r.value) end },
    time('time', 'time', 1) }, 'the venue says none')
end)

-- What only some have has a column where one of them has it.
local function any_has(rows, name)
  for _, row in ipairs(rows) do if row[name] then return true end end
  return false
end

-- The last price of a market, asked once a table.
local function lasts()
  local known = {}
  return function(symbol)
    if known[symbol] == nil then
      local t = S.ask('ticker', symbol)
      known[symbol] = t and t.last or false
    end
    return known[symbol] or nil
  end
end

local function age_of(since, now_ns)
  local from = since and S.to_ns(since)
  if not from or not now_ns or now_ns < from then return '' end
  return now_ns - from < 1000000000 and '0s' or S.duration(now_ns - from)
end

-- Rows of orders get how far they are from the last price (share) and how old they are.
local function measured(rows)
  local last, now_ns = lasts(), S.status().now_ns
  for _, row in ipairs(rows) do
    local level = row.stop or row.price
    local now = row.is_open and level and last(row.symbol)
    if now and now > 0 then row.away = level / now - 1 end
    if row.is_open then row.age = age_of(row.created, now_ns) end
  end
end

function S.order_columns(rows)
  local function level(row)
    local info, parts = S.info(row.symbol), {}
    if row.price then parts[#parts + 1] = S.price(info, row.price) end
    if row.stop then parts[#parts + 1] = 'stop ' .. S.price(info, row.stop) end
    if row.price and row.stop then parts = { parts[2], 'limit ' .. parts[1] } end
    return #parts > 0 and table.concat(parts, ' ') or 'market'
  end
  local function amount(row)
    return row.qty and S.qty(S.info(row.symbol), row.qty) or row.quote_qty and S.money(row.quote_qty) .. ' ' .. S.info(row.symbol).quote
  end
  measured(rows)
  local columns = { { 'id', 'id' }, time('time', 'created', 9), side(), { 'qty', 'qty', right = true, get = amount }, { 'symbol', 'symbol' },
    { 'price', 'price', right = true, get = level },
    { 'away', 'away', right = true, drop = 4, get = function(row) return S.percent(row.away, 2) end },
    { 'state', 'state', get = function(row) return row.state:lower():gsub('_', ' ') end }, qty('filled', 'filled', 6),
    price('average', 'average', 10), { 'age', 'age', right = true, drop = 5 }, { 'role', 'role', drop = 3, get = function(row) return row.role and row.trail and row.role == 'stop_loss' and 'stop_loss, follows by ' .. row.trail or row.role end },
    { 'strategy', 'strategy', drop = 7 }, { 'tag', 'tag', drop = 8 }, { 'reason', 'reason' } }
  local function is_told(column)
    if not column.drop and column[2] ~= 'reason' then return true end
    for _, row in ipairs(rows) do
      local value = row[column[2]]
      if value and value ~= '' and value ~= 'entry' then return true end
    end
    return #rows == 0
  end
  local shown = {}
  for _, column in ipairs(columns) do if is_told(column) then shown[#shown + 1] = column end end
  return shown
end

word('Look', 'orders', "orders(['open' or 'all'], [limit])", 'Open orders, youngest first; all: then the ended ones, last ended first.', 'orders all',
  function(which, limit)
    if type(which) == 'number' then which, limit = 'open', which end
    local rows, err = S.list(limit_of(limit), 'orders', which or 'open')
    if not rows then return nil, err end
    rows = S.of_account_in_use(rows)
    for _, row in ipairs(rows) do S.as_order(row) end
    note_day()
    return table_of(rows, S.order_columns(rows), which == 'all' and 'no orders' or 'no open orders')
  end)

word('Look', 'order', 'order(id)', 'One order: its fields are read anew at each access.', 'order o3', function(id)
  return S.order_handle(id)
end)

word('Look', 'fills', 'fills([limit])', 'The last fills, youngest first.', 'fills 10', function(limit)
  local rows, err = S.list(limit_of(limit), 'fills')
  if not rows then return nil, err end
  rows = S.of_account_in_use(rows)
  note_day()
  return table_of(rows, { time('time', 'time', 2), { 'order', 'order', drop = 1 }, side(), qty('qty', 'qty'), { 'symbol', 'symbol' },
    price('price', 'price'), { 'fee', 'fee', right = true, drop = 3, get = function(r) return S.money(r.fee) .. ' ' .. (r.fee_asset or '') end },
    { 'as', 'liquidity', drop = 6 }, { 'strategy', 'strategy', drop = 4 }, { 'tag', 'tag', drop = 5 } }, 'no fills yet')
end)

-- Several accounts: which one each row is of.
local function with_account(rows, columns, place)
  if rows[1] and rows[1].account then table.insert(columns, place, { 'account', 'account' }) end
  return columns
end

-- What cannot be sold by itself, and what the venue shows.
local function with_rest(rows, columns)
  for _, key in ipairs { 'dust', 'dust_cost' } do
    if any_has(rows, key) then
      columns[#columns + 1] = { (key:gsub('_', ' ')), key, right = true, drop = 1.8, get = function(r) return r[key] and S.any(r[key]) or '' end }
    end
  end
  if any_has(rows, 'venue_qty') then columns[#columns + 1] = qty('venue qty', 'venue_qty') end
  return columns
end

-- Rows of positions get their profit as a share of what they cost, their age, and the nearest stop that stands against them.
local function with_stops(rows)
  local open, now_ns = S.list(500, 'orders', 'open') or {}, S.status().now_ns
  for _, row in ipairs(rows) do
    local cost = row.value and row.unrealised and math.abs(row.value - row.unrealised)
    if cost and cost > 0 then row.unrealised_share = row.unrealised / cost end
    row.age = row.qty ~= 0 and age_of(row.opened, now_ns) or ''
    for _, order in ipairs(open) do
      local is_of_row = order.symbol == row.symbol and (not row.strategy or row.strategy == order.strategy)
      if is_of_row and order.stop and order.reduce_only and order.role ~= 'entry' then
        row.stops = (row.stops or 0) + 1
        local is_nearer = not row.stop or (row.side == 'short') == (order.stop < row.stop)
        if is_nearer then row.stop = order.stop end
      end
    end
    local held = row.protection or {}
    row.target, row.down = held.target, held.down
    if held.stop then row.stop, row.stops, row.limit = held.stop, math.max(row.stops or 1, 1), held.limit end
    if held.by == 'host' then row.down = 'host' end
    if row.stop and row.last and row.last > 0 then row.stop_away = row.stop / row.last - 1 end
  end
  return rows
end

word('Money', 'positions', 'positions()', 'What is held, of the account and of each strategy, with the nearest stop against it; and dust, which cannot be sold by itself.', 'positions', function()
  local rows, err = S.list(200, 'positions')
  if not rows then return nil, err end
  rows = with_stops(S.of_account_in_use(rows))
  local function stop(r)
    if not r.stop then return r.qty ~= 0 and not r.unassigned and 'none' or '' end
    return S.price(S.info(r.symbol), r.stop) .. (r.limit and ' limit ' .. S.price(S.info(r.symbol), r.limit) or '') ..
      (r.stops > 1 and ' +' .. r.stops - 1 or '')
  end
  local function target(r)
    return r.target and S.price(S.info(r.symbol), r.target) .. (r.protection.target_by == 'host' and ' host' or '') or ''
  end
  -- What is left of it while this host is down.
  local function down(r) return r.qty ~= 0 and not r.unassigned and r.down or '' end
  local function alarm(r) return (r.down == 'nothing' or r.down == 'host' or r.down == 'part') and 'red' or nil end
  local columns = { { 'symbol', 'symbol' },
    { 'of', 'strategy', drop = any_has(rows, 'strategy') and 0.55 or 2, get = function(r) return r.strategy or 'account' end }, side(),
    qty('qty', 'qty'), price('average', 'average', 6), price('last', 'last', 7), money('value', 'value', 8),
    profit('P&L', 'unrealised'),
    { '%', 'unrealised_share', right = true, drop = 1, get = function(r) return S.percent(r.unrealised_share, 2) end,
      colour = function(r) return S.profit_colour(r.unrealised_share) end },
    { 'stop', 'stop', right = true, drop = 0.5, get = stop },
    { 'away', 'stop_away', right = true, drop = 6.5, get = function(r) return S.percent(r.stop_away, 1) end } }
  if any_has(rows, 'target') then columns[#columns + 1] = { 'target', 'target', right = true, drop = 1.5, get = target } end
  if any_has(rows, 'down') then columns[#columns + 1] = { 'host down', 'down', drop = 0.6, get = down, colour = alarm } end
  columns[#columns + 1] = { 'age', 'age', right = true, drop = 5 }
  columns[#columns + 1] = profit('realised', 'realised', 9)
  return table_of(rows, with_rest(rows, with_account(rows, columns, 2)), 'no positions')
end)

word('Money', 'balances', 'balances()', 'What the account holds of each asset, and what open orders use of it.', 'balances', function()
  local rows, page = S.list(200, 'balances')
  if not rows then return nil, page end
  rows = S.of_account_in_use(rows)
  local currency = page and page.currency or 'value'
  local function amount(name) return { name, name, right = true, get = function(r) return S.any(r[name]) end } end
  local columns = with_account(rows, { { 'asset', 'asset' }, amount 'free', amount 'used', amount 'total',
    { currency, 'value', right = true, get = function(r) return r.value and S.money(r.value) or 'no price' end } }, 2)
  if any_has(rows, 'capital') then -- what strategies trade with, and what is beside it
    table.insert(columns, #columns, amount 'capital')
    table.insert(columns, #columns, amount 'unassigned')
  end
  for i, name in ipairs { 'venue_total', 'venue_free', 'venue_locked', 'borrowed', 'interest' } do
    if any_has(rows, name) then
      columns[#columns + 1] = { (name:gsub('_', ' ')), name, right = true, drop = 2 + i, get = function(r) return r[name] and S.any(r[name]) or '' end }
    end
  end
  return table_of(rows, columns, 'no balances')
end)

word('Money', 'statement', 'statement()', 'What each venue says of its account: state, rights, margin, fees.', 'statement', function()
  local rows, err = S.list(200, 'statement')
  if not rows then return nil, err end
  return S.shown(rows, function(v)
    local text = ''
    for _, row in ipairs(v) do
      local may, may_not = {}, {}
      for name, is in pairs(row.rights or {}) do table.insert(is and may or may_not, name) end
      table.sort(may)
      table.sort(may_not)
      local c = row.currency and ' ' .. row.currency or ''
      local function amount(x) return x and S.any(x) .. c end
      local function plain(x) return x and S.any(x) end
      text = text .. card { { 'account', row.venue .. ':' .. row.name .. (row.venue_account and ' (' .. row.venue_account .. ')' or '') },
        { 'trading', row.state .. (row['until'] and ' until ' .. row['until'] or ''), row.state ~= 'ready' and row.state ~= 'unknown' and 'yellow' or nil },
        { 'markets', row.market_state }, { 'may', #may > 0 and table.concat(may, ', ') or nil },
        { 'may not', #may_not > 0 and table.concat(may_not, ', ') or nil }, { 'equity', amount(row.equity) },
        { 'margin used', amount(row.margin_used) }, { 'margin free', amount(row.margin_free) },
        { 'maintenance', amount(row.maintenance) }, { 'unrealised', amount(row.unrealised) },
        { 'maker fee', plain(row.maker_fee) }, { 'taker fee', plain(row.taker_fee) }, { 'leverage', plain(row.leverage) } }
    end
    return text
  end)
end)

word('Money', 'ledger', 'ledger([limit])', 'Money that moved without a fill, youngest first.', 'ledger 20', function(limit)
  local rows, err = S.list(limit_of(limit), 'ledger')
  if not rows then return nil, err end
  rows = S.of_account_in_use(rows)
  return table_of(rows, with_account(rows, { time('time', 'time', 3), { 'kind', 'kind' },
    { 'status', 'status', colour = function(r) return r.status ~= 'done' and 'yellow' or nil end },
    { 'amount', 'amount', right = true, get = function(r) return S.any(r.amount) end }, { 'asset', 'asset' },
    { 'fee', 'fee', right = true, drop = 4, get = function(r) return r.fee and S.any(r.fee) .. ' ' .. (r.fee_asset or '') or '' end },
    { 'after', 'after', right = true, drop = 5, get = function(r) return r.after and S.any(r.after) or '' end },
    { 'id', 'id', drop = 6 }, { 'reference', 'reference', drop = 7 } }, 2), 'no entries')
end)

local function equity_words(v)
  local currency = v.currency or ''
  return v.equity and S.money(v.equity) .. ' ' .. currency or 'not known: a balance has no price in ' .. currency
end

word('Money', 'pnl', 'pnl()', 'Profit since the start, by strategy and market.', 'pnl', function()
  local rows, p = S.list(200, 'pnl')
  if not rows then return nil, p end
  local result = {}
  for key, value in pairs(p or {}) do result[key] = value end
  result.rows = rows
  return S.shown(result, function(v)
    local c = ' ' .. (v.currency or '')
    local text = card { { 'equity', equity_words(v), not v.equity and 'red' or nil }, { 'start', S.money(v.start) .. c },
      { 'profit', v.profit and S.signed(v.profit) .. c .. '  ' .. S.percent(v.profit_share, 2), S.profit_colour(v.profit) },
      { 'realised', S.signed(v.realised), S.profit_colour(v.realised) },
      { 'unrealised', S.signed(v.unrealised), S.profit_colour(v.unrealised) }, { 'fees', S.money(v.fees) } }
    if #v.rows == 0 then return text end
    return text .. grid({ { 'of', 'strategy', get = function(r) return r.strategy or 'account' end }, { 'symbol', 'symbol' },
      profit('realised', 'realised'), profit('unrealised', 'unrealised'), money('fees', 'fees', 2),
      { 'trips', 'trips', right = true, drop = 3 } }, v.rows)
  end)
end)

---- the host ----

word('Session', 'status', 'status()', 'The session: mode, time, speed, money, what is open.', 'status', function()
  local s, err = S.ask('status')
  if not s then return nil, err end
  return S.shown(s, function(v)
    local state = v.ended and 'ended' or v.paused and 'paused' or 'running'
    local speed = type(v.speed) == 'number' and S.any(v.speed) .. 'x' or v.speed
    local mode = (v.live and 'LIVE ' or '') .. (v.rehearsed_only and 'REHEARSED ONLY ' or '') .. (v.mode or '?') .. ', ' .. state
    return card { { 'mode', mode, v.live and 'live' or nil }, { 'halted', v.halted, 'red' },
      { 'rules', v.missing and S.missing_words(v.missing), 'red' }, { 'now', v.now }, { 'speed', speed },
      { 'equity', equity_words(v), not v.equity and 'red' or nil },
      { 'profit', v.equity and v.start and S.signed(v.equity - v.start), S.profit_colour(v.equity and v.start and v.equity - v.start) },
      { 'account', S.account and S.account.name }, { 'instrument', S.default or v.instrument }, { 'open orders', S.any(v.open_orders) }, { 'positions', S.any(v.positions) },
      { 'fills', S.any(v.fills) }, { 'strategies', S.any(v.strategies) }, { 'record', S.any(v.seq) }, { 'events', S.any(v.events) },
      { 'consoles', S.any(v.consoles) }, { 'dropped', v.dropped and v.dropped > 0 and S.any(v.dropped) or nil, 'red' } }
  end)
end)

local function plain_list(group, name, about, columns, empty)
  word(group, name, name .. '()', about, name, function()
    local rows, err = S.list(500, name)
    if not rows then return nil, err end
    return table_of(rows, columns, empty)
  end)
end

local function share_of(row) return type(row.limit_share) == 'number' and string.format('%d%%', math.floor(row.limit_share * 100 + 0.5)) or '' end
local function offset_of(row) return type(row.clock) == 'table' and string.format('%+.1f ms', row.clock.offset_ms) or '' end
-- Columns of the network: shown where a row has them.
local of_network = { { 'why', 'why', colour = function() return 'red' end }, { 'sent', 'sent', right = true, drop = 5 },
  { 'unknown', 'unknown_open', right = true, drop = 4 }, { 'limits', 'limit_share', right = true, drop = 6, get = share_of },
  { 'clock', 'clock', right = true, drop = 7, get = offset_of },
  { 'waits until', 'wait_until', drop = 2, colour = function() return 'yellow' end } }

word('Session', 'venues', 'venues()', 'Where orders go and what state that is in.', 'venues', function()
  local rows, err = S.list(500, 'venues')
  if not rows then return nil, err end
  local columns = { { 'venue', 'venue' }, { 'kind', 'kind' },
    { 'state', 'state', colour = function(r) return r.state ~= 'running' and 'yellow' or nil end } }
  for _, column in ipairs(of_network) do
    if any_has(rows, column[2]) then columns[#columns + 1] = column end
  end
  columns[#columns + 1] = { 'instruments', 'instruments', right = true, drop = 2 }
  columns[#columns + 1] = { 'note', 'note', drop = 3 }
  return table_of(rows, columns, 'no venues')
end)

plain_list('Session', 'plugins', 'The plugins that this session is made of.', { { 'part', 'part' }, { 'id', 'id' },
  { 'version', 'version' }, { 'from', 'from', colour = function(r) return r.from == 'missing' and 'red' or r.from == 'foreign' and 'yellow' or nil end },
  { 'hash', 'hash', drop = 2 }, { 'file', 'file', drop = 3 } }, 'no plugins')

local function state_colour(row)
  return row.state == 'suspended' and 'red' or row.state == 'running' and 'green' or row.state == 'paused' and 'yellow' or nil
end

word('Strategies', 'strategies', 'strategies()', 'The strategies, their state and what they use.', 'strategies', function()
  local rows, err = S.list(500, 'strategies')
  if not rows then return nil, err end
  local columns = { { 'name', 'name' }, { 'state', 'state', colour = state_colour }, { 'period', 'period_ns', right = true, drop = 5,
    get = function(r) return type(r.period_ns) == 'number' and r.period_ns > 0 and S.duration(r.period_ns) or '' end },
    { 'calls', 'calls', right = true, drop = 4 }, { 'open', 'open_orders', right = true, drop = 3 },
    { 'heap KiB', 'heap_bytes', right = true, drop = 6, get = function(r) return r.heap_bytes and S.any(r.heap_bytes // 1024) or '' end },
    { 'file', 'file', drop = 7 }, { 'error', 'error', drop = 2, colour = function() return 'red' end } }
  if any_has(rows, 'resync') then
    columns[#columns + 1] = { 'behind a hole', 'resync', colour = function(r) return r.differs and 'red' or 'yellow' end }
  end
  return table_of(rows, columns, 'no strategies: load a file')
end)

-- What is allowed above its number, or refused below it, is held against a minimum: nothing of it is used up.
local function is_minimum(r)
  local share = r.used and r.limit and r.limit ~= 0 and math.abs(r.used / r.limit)
  return share and (r.allowed == true and share > 1 or r.allowed == false and share < 1)
end

-- "#####-----  52%"
function S.bar(r)
  if not r.used or not r.limit or r.limit == 0 then return '' end
  if is_minimum(r) then return 'a minimum' end
  local share = math.abs(r.used / r.limit)
  local marks = math.min(10, math.floor(share * 10 + 0.5))
  return string.format('%s%s %3.0f%%', string.rep('#', marks), string.rep('-', 10 - marks), math.min(share * 100, 999))
end

-- What sets the limit of a rule that has none.
local no_limit = {}
for _, key in ipairs { 'max_order_qty.limit', 'max_order_value.limit', 'position_limit.limit', 'message_rate.rate', 'max_daily_loss.limit', 'max_drawdown.limit' } do
  no_limit[key:match('^[^.]+')] = 'no limit: set risk.' .. key
end

word('Money', 'risk', 'risk()', 'Each rule, and what the smallest buy would use of its limit.', 'risk', function()
  local rows, page = S.list(200, 'risk')
  if not rows then return nil, page end
  local asked = page.asked
  if S.account then
    rows, asked = S.rules_of_account_in_use()
    if not rows then return nil, asked end
  end
  rows.halted, rows.missing, rows.asked = page.halted or S.account and S.account_halted(), page.missing, asked
  local abouts = {}
  for _, part in ipairs(S.list(200, 'plugins') or {}) do abouts[part.part] = part.about end
  for _, row in ipairs(rows) do row.about = abouts['risk.' .. row.rule] end
  return S.shown(rows, function(v)
    local head = v.halted and S.paint('red', S.clean('halted: ' .. v.halted)) .. '\n' or ''
    if v.missing then head = head .. S.paint('red', S.clean(S.missing_words(v.missing))) .. '\n' end
    if #v == 0 then return head .. S.paint('dim', 'no rules') .. '\n' end
    if v.asked and v.asked.symbol then
      head = head .. S.paint('dim', 'of the smallest buy, ' .. S.clean(v.asked.qty .. ' ' .. v.asked.symbol) .. ':') .. '\n'
    end
    return head .. grid({ { 'rule', 'rule' }, { 'used', 'used', right = true }, { 'limit', 'limit', right = true },
      { 'share', '', drop = 2, get = function(r) return r.limit and S.bar(r) or no_limit[r.rule] or '' end,
        colour = function(r) return r.used and r.limit and r.limit ~= 0 and r.used / r.limit >= 0.9 and not is_minimum(r) and 'red' or nil end },
      { 'about', 'about', drop = 4 } }, v)
  end)
end)

word('Session', 'journal', 'journal()', 'The journal: its folder, records and hashes.', 'journal', function()
  local j, err = S.ask('journal')
  if not j then return nil, err end
  return S.shown(j, function(v)
    return card { { 'folder', v.folder or 'none: nothing is kept' }, { 'failed', v.failed and S.any(v.failed), 'red' },
      { 'records', S.any(v.records) }, { 'seq', S.any(v.seq) }, { 'durable', S.any(v.durable_seq) }, { 'markets', S.any(v.markets) },
      { 'orders', v.order_bytes and S.any(v.order_bytes) .. ' bytes' }, { 'market', v.market_bytes and S.any(v.market_bytes) .. ' bytes' },
      { 'order hash', v.order_hash and S.text(v.order_hash) }, { 'input hash', v.input_hash and S.text(v.input_hash) } }
  end)
end)
