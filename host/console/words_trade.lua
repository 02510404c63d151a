-- words_trade.lua: verbs of orders, order objects, preview and explain.
local S = ...
local word = S.word

local WAIT_MS, LOOK_MS = 1000, 20

local options_known = { 'qty', 'quote_qty', 'price', 'stop', 'stop_loss', 'take_profit', 'tif', 'expire', 'post_only',
  'reduce_only', 'tag', 'strict', 'sure', 'symbol', 'account', 'strategy', 'trail', 'trail_from', 'oco' }

---- verbs ----

-- The line that was just said is the value's text: it is not shown again.
function S.said_already(value)
  S.quiet = value
  return value
end

-- Asks a verb; live asks the person where the host wants that. nil, err when refused, said once.
function S.verb(...)
  S.acts = S.acts + 1
  local answer, err = S.ask(...)
  if answer then return answer end
  if err.code == 'SURE' and S.confirm((err.message or 'a large order'):gsub(': say.*', '') .. '. Send it? (y, n) ') then
    local fields = table.pack(...)
    fields[fields.n + 1] = 'sure=1'
    answer, err = S.ask(table.unpack(fields, 1, fields.n + 1))
    if answer then return answer end
  elseif err.code == 'SURE' then
    err = { code = 'NOT_SENT', message = 'nobody said yes', definitive = true }
  elseif err.code == 'LOCKED' then
    err.message = 'live is locked. live.unlock() opens it for this console; cancel, cancel_all, flatten, kill and no_entries need none'
  elseif err.code == 'READ_ONLY' and not err.message then
    err.message = 'this console only reads: attach with --trade'
  end
  return S.refused(err)
end

local function fields_of(options, known, what)
  local fields = {}
  for key, value in pairs(options) do
    local name = S.text(key)
    local is_known = false
    for _, other in ipairs(known) do is_known = is_known or other == name end
    if not is_known then
      local nearest = S.nearest(name, known)
      S.wrong("%s: unknown option '%s'%s; known are %s", what, name, nearest and ", did you mean '" .. nearest .. "'?" or '',
        table.concat(known, ', '))
    end
    if name ~= 'symbol' and value ~= false then
      if type(value) == 'table' then S.wrong('%s: %s: found a table, expected a number or text', what, name) end
      if type(value) == 'number' and (value ~= value or value == math.huge or value == -math.huge) then
        S.wrong('%s: %s: found %s, expected a number', what, name, S.text(value))
      end
      if name == 'expire' and math.type(value) == 'integer' then value = S.from_ns(value) end
      if name == 'tif' then value = S.text(value):upper() end
      fields[#fields + 1] = name .. '=' .. (value == true and '1' or type(value) == 'number' and S.number(value) or S.text(value))
    end
  end
  return fields
end

-- As a question sends it: see field_of in shell_ask.c.
function S.number(x)
  return math.type(x) == 'integer' and string.format('%d', x) or string.format('%.14g', x)
end

local final = { FILLED = true, CANCELED = true, EXPIRED = true, REJECTED = true, DENIED = true, UNKNOWN = true }

local function is_settled(o)
  if final[o.state] then return true end
  if o.type == 'MARKET' then return false end
  return o.state == 'ACCEPTED' or o.state == 'PARTIALLY_FILLED' or o.state == 'TRIGGERED'
end

-- Until it is filled, rests or is final; a second at most, and not at all while nothing moves.
local function wait_for(o)
  if is_settled(o) then return o end
  local status = S.status()
  if status.paused or status.ended then return o, status end
  for _ = 1, WAIT_MS // LOOK_MS do
    S.sleep(LOOK_MS)
    local fresh = S.ask('order', o.id)
    if not fresh then return o end
    o = fresh
    if is_settled(o) then return o end
  end
  return o
end

local function took(ns)
  local ms = ns / 1e6
  if ms < 1 then return string.format('%.2f ms', ms) end
  return ms < 1000 and string.format('%.1f ms', ms) or S.duration(ns)
end

-- "o1 BUY 0.1000 BTC/USDT filled 0.1000 @ 60,012.4 fee 6.00 USDT slip +2.1 bps 7 rules ok 1.3 ms"
function S.order_line(o, status)
  local info = S.info(o.symbol)
  local parts = { o.id, S.paint(S.side_colour(o.side), o.side) }
  local function add(...) parts[#parts + 1] = string.format(...) end
  if o.qty then add('%s %s', S.qty(info, o.qty), o.symbol)
  elseif o.quote_qty then add('%s %s of %s', S.money(o.quote_qty), info and info.quote or '', o.symbol)
  else add('%s', o.symbol) end
  local has_fills = (o.filled or 0) > 0
  if o.state ~= 'FILLED' then
    if o.stop then add('stop %s', S.price(info, o.stop)) end
    if o.price then add('@ %s', S.price(info, o.price)) end
    local state = (o.state == 'ACCEPTED' or o.state == 'PARTIALLY_FILLED') and 'open' or o.state:lower():gsub('_', ' ')
    local is_bad = o.state == 'REJECTED' or o.state == 'DENIED' or o.state == 'UNKNOWN'
    if o.told and not (status and (status.paused or status.ended)) then -- fed with bars alone: nothing is known before
      state = 'sent, told at ' .. (o.told:sub(1, 10) == o.created:sub(1, 10) and o.told:sub(12, 19) or S.clock(o.told))
    end
    parts[#parts + 1] = S.paint(is_bad and 'red' or nil, state .. (o.reason and o.reason ~= '' and ' ' .. o.reason or ''))
  end
  if has_fills then
    add('filled %s @ %s', S.qty(info, o.filled), S.price(info, o.average))
    if o.fee then add('fee %s %s', S.money(o.fee), o.fee_asset or '') end
    if o.slip_bps then add('slip %+.1f bps%s', o.slip_bps, o.slip_from == 'trigger' and ' from its trigger' or '') end
  end
  if o.rules and o.rules > 0 and o.state ~= 'DENIED' then add('%d rules ok', o.rules) end
  if o.state == 'FILLED' and o.updated_ns and o.created_ns then add('in %s', took(o.updated_ns - o.created_ns)) end
  if status and status.paused then parts[#parts + 1] = '(paused: go() or step() moves it)' end
  if status and status.ended then parts[#parts + 1] = '(the feed has ended)' end
  return table.concat(parts, ' ')
end

local function made(answer, err)
  if not answer then return nil, err end
  local o, status = wait_for(answer)
  S.say(S.order_line(o, status))
  return S.said_already(S.order_handle(o))
end

local function place(side, symbol, qty, options)
  local given = {}
  if type(qty) == 'table' and options == nil then qty, options = nil, qty end
  if options ~= nil and type(options) ~= 'table' then S.wrong('%s: found %s, expected a table of options', side, S.text(options)) end
  for key, value in pairs(options or {}) do given[key] = value end
  if qty ~= nil then
    if given.qty ~= nil then S.wrong('%s: the quantity is given twice', side) end
    given.qty = qty
  end
  if given.qty == nil and given.quote_qty == nil then
    S.wrong("%s what? expected a quantity: %s 0.1 BTC/USDT @ 60000, or %s(0.1, { price = 60000 })", side, side, side)
  end
  for _, key in ipairs { 'qty', 'quote_qty', 'price', 'stop', 'stop_loss', 'take_profit', 'trail_from' } do
    local value = given[key]
    if value ~= nil and not tonumber(value) then S.wrong('%s: %s: found %s, expected a number', side, key, S.text(value)) end
  end
  local info, err = S.info(given.symbol or symbol)
  if not info then return nil, err end
  given.account = S.account_for(info, given.account, side)
  return info, fields_of(given, options_known, side)
end

local function trade(side)
  return function(qty, options)
    local info, fields = place(side, S.default, qty, options)
    if not info then return nil, fields end
    return made(S.verb(side, info.symbol, table.unpack(fields)))
  end
end

local rest_of_buy = ' Options: price, stop (trigger), stop_loss, take_profit, trail (how far the stop follows, 250 or 1.5%), trail_from, oco (the order that it cancels, and is canceled by), tif, expire, post_only, reduce_only, tag, quote_qty, symbol, account.'
word('Trade', 'buy', 'buy(qty, { options })', 'Buys.' .. rest_of_buy .. ' Or in words, see the example; also: target, trail 1.5% [from PRICE], trigger, oco ORDER, post, reduce, ioc, fok, day, gtd TIME, tag WORD, with ACCOUNT.',
  'buy 0.1 BTC/USDT @ 60000 stop 58500 target 63000', trade('buy'))
word('Trade', 'sell', 'sell(qty, { options })', 'Sells.' .. rest_of_buy, 'sell 0.1 @ market', trade('sell'))

for _, side in ipairs { 'buy', 'sell' } do
  S.market_methods[side] = function(self, qty, options)
    local info, fields = place(side, self.symbol, qty, options)
    if not info then return nil, fields end
    return made(S.verb(side, self.symbol, table.unpack(fields)))
  end
end

local function close_fields(info, options)
  local given = {}
  for key, value in pairs(options or {}) do given[key] = value end
  given.account = S.account_for(info, given.account, 'close')
  return fields_of(given, { 'tag', 'account', 'strategy' }, 'close')
end

local function close(symbol, options)
  local info, err = S.info(symbol)
  if not info then return nil, err end
  return made(S.verb('close', info.symbol, table.unpack(close_fields(info, options))))
end
S.market_methods.close = function(self, options) return close(self.symbol, options) end

word('Trade', 'close', 'close([symbol], [qty, share or all])',
  'Takes the position by hand (or for NAME) to zero: orders there are taken back, and the host goes on until it is flat. With a quantity or a share: an order for that part, which only reduces.', 'close BTC/USDT 50%', function(...)
    local info, amount, options = S.close_arguments { ... }
    if not info then return nil, amount end
    local symbol = info.symbol
    if not amount then return close(symbol, options) end
    local side, qty = S.close_part(info, amount, options and options.account, options and options.strategy)
    if not side then return close(symbol, options) end
    local fields = close_fields(info, options)
    return made(S.verb(side, info.symbol, 'qty=' .. S.number(qty), 'reduce_only=1', table.unpack(fields)))
  end)

---- order objects ----

local function id_of(order)
  if type(order) == 'table' then return order.id end
  if math.type(order) == 'integer' then return 'o' .. order end
  if type(order) == 'string' and order:lower():find('^o?%d[%d._]*$') then return (order:lower():gsub('^(%d)', 'o%1')) end
  S.wrong('found %s, expected an order: o3, or what buy() gave', order == nil and 'nothing' or "'" .. S.text(order) .. "'")
end
S.id_of = id_of

local function amend(order, options)
  local answer, err = S.verb('amend', id_of(order), table.unpack(fields_of(options, { 'qty', 'price', 'stop' }, 'amend')))
  if not answer then return nil, err end
  S.say(S.order_line(answer))
  return S.said_already(S.order_handle(answer))
end

local function cancel(order)
  local answer, err = S.verb('cancel', id_of(order))
  if not answer then return nil, err end
  local o, status = answer, nil
  if not final[o.state] then
    status = S.status()
    for _ = 1, (status.paused or status.ended) and 0 or WAIT_MS // LOOK_MS do
      S.sleep(LOOK_MS)
      o = S.ask('order', answer.id) or o
      if final[o.state] then break end
    end
  end
  S.say(S.order_line(o, status))
  return S.said_already(S.order_handle(o))
end

local order_methods = {
  cancel = function(self) return cancel(self) end,
  amend = function(self, options) return amend(self, options or {}) end,
  replace = function(self, options) return amend(self, options or {}) end,
  explain = function(self) return S.words.explain.fn(self) end,
}
S.order_methods = order_methods

local statuses = { FILLED = 'closed', CANCELED = 'canceled', EXPIRED = 'expired', REJECTED = 'rejected', DENIED = 'rejected' }

-- A row as it was, with the methods of an order.
function S.as_order(row)
  row.open = row.is_open
  row.status = statuses[row.state] or 'open'
  return setmetatable(row, { __index = order_methods, __tostring = function(o) return o.id end,
    __show = function(o) return S.order_line(o) .. '\n' end, is_order = true })
end

-- An order whose fields are read anew, until it is final.
function S.order_handle(order)
  local seen
  if type(order) == 'table' and rawget(order, 'state') then
    seen = S.as_order(order)
  else
    local row, err = S.ask('order', id_of(order))
    if not row then return nil, err end
    seen = S.as_order(row)
  end
  local function look()
    if not final[seen.state] then
      local row = S.ask('order', seen.id)
      if row then seen = S.as_order(row) end
    end
    return seen
  end
  return setmetatable({}, { __index = function(_, key)
    if key == 'id' then return seen.id end
    return order_methods[key] or look()[key]
  end, __newindex = function(_, key) S.wrong("cannot assign '%s' of an order: amend{} asks the venue", S.text(key)) end,
    __eq = function(a, b) return a.id == b.id end, __tostring = function() return seen.id end,
    __show = function() return S.order_line(look()) .. '\n' end, is_order = true })
end

word('Trade', 'cancel', 'cancel(order, ...)', 'Asks for the cancel of orders.', 'cancel o3', function(...)
  local orders = table.pack(...)
  if orders.n == 0 then S.wrong('cancel what? expected an order: cancel o3, or cancel_all') end
  if orders[1] == 'all' then return S.words.cancel_all.fn(orders[2]) end
  local last, err
  for i = 1, orders.n do
    last, err = cancel(orders[i])
    if not last then return nil, err end
  end
  return last
end)

word('Trade', 'amend', 'amend(order, { price =, qty =, stop = })', 'Changes what is named of an open order.', 'amend o3 price 59000', function(order, ...)
  local options, rest = {}, table.pack(...)
  if type(rest[1]) == 'table' then return amend(order, rest[1]) end
  local i = 1
  while i <= rest.n do
    local key, value = S.text(rest[i]):match('^([%a_]+)=(.+)$')
    if not key then
      key, value = S.text(rest[i]), rest[i + 1]
      if key == '@' then key = 'price' end
      i = i + 1
    end
    if not tonumber(value) then S.wrong("amend: after '%s': found %s, expected a number", key, value == nil and 'nothing' or "'" .. S.text(value) .. "'") end
    options[key] = value
    i = i + 1
  end
  if next(options) == nil then S.wrong('amend %s how? expected price, qty or stop: amend o3 price 59000', S.text(order)) end
  return amend(order, options)
end)

local function counted(answer, err, text)
  if not answer then return nil, err end
  local function show(v)
    return text:gsub('#orders', S.count(v.cancelled or 0, 'order')):gsub('#positions', S.count(v.closing or 0, 'position'))
  end
  S.say((show(answer)))
  return S.said_already(S.shown(answer, function(v) return show(v) .. '\n' end))
end

word('Trade', 'cancel_all', 'cancel_all([symbol])', 'Cancels all open orders, or those of one market; protective stops stay.', 'cancel_all', function(symbol)
  local info, err = nil, nil
  if symbol ~= nil then
    info, err = S.info(symbol)
    if not info then return nil, err end
  end
  local answer, why = S.verb('cancel_all', info and info.symbol or nil)
  return counted(answer, why, 'to be cancelled: #orders' .. S.of_all_accounts(info))
end)

word('Trade', 'flatten', 'flatten()', 'Cancels everything and closes every position, until all is flat. Needs no unlock.', 'flatten', function()
  local answer, err = S.verb('flatten')
  return counted(answer, err, 'to be cancelled: #orders; to be closed: #positions' .. S.of_all_accounts())
end)

local kills = { all = 'all', flatten = 'flatten' }

word('Trade', 'kill', "kill(['all' | 'flatten' | reason])",
  "Stops trading until unkill(): entries are cancelled, protective orders stay; 'all' takes these too, 'flatten' closes. Needs no unlock.",
  'kill', function(what)
    local answer, err = S.verb('kill', what)
    if not answer then return nil, err end
    S.say('halted: nothing is opened until unkill()', 'red')
    local nearest = what ~= nil and not kills[what] and S.nearest(S.text(what), { 'all', 'flatten' })
    if nearest then S.say(string.format("'%s' was taken as a reason, not as '%s'", S.text(what), nearest), 'red') end
    local shown, why = counted(answer, nil, answer.kill == 'flatten' and 'to be cancelled: #orders; to be closed: #positions' or 'to be cancelled: #orders')
    if (answer.stay or 0) > 0 then S.say('stay: ' .. S.count(answer.stay, 'order')) end
    if (answer.foreign or 0) > 0 then S.say('of another hand, and not touched: ' .. S.count(answer.foreign, 'order')) end
    for _, row in ipairs(answer.kill ~= 'flatten' and answer.unprotected or {}) do
      local info = S.info(row.symbol)
      local stopped = tonumber(row.stopped) or 0
      S.say(string.format('not protected: %s %s %s %s%s', row.side, S.qty(info, row.qty), row.symbol, row.strategy and 'of ' .. row.strategy or 'by hand',
        stopped > 0 and ', but for ' .. S.qty(info, row.stopped) or ''), 'red')
    end
    if answer.kill ~= 'flatten' and (answer.unprotected_count or 0) > #answer.unprotected then
      S.say(string.format('not protected: %d more', answer.unprotected_count - #answer.unprotected), 'red')
    end
    return shown, why
  end)

word('Trade', 'unkill', 'unkill()', 'Lets orders through again after kill().', 'unkill', function()
  local answer, err = S.verb('unkill')
  if not answer then return nil, err end
  S.say('orders are let through again')
end)

---- preview ----

local function verdict_rows(rows)
  return S.grid({ { 'rule', 'rule' }, { 'says', 'allowed', get = function(r) return r.allowed and 'ok' or 'NO' end,
    colour = function(r) return r.allowed and 'green' or 'red' end }, { 'used', 'used', right = true }, { 'limit', 'limit', right = true },
    { 'share', '', drop = 2, get = S.bar, colour = function(r) return not r.allowed and 'red' or nil end },
    { 'reason', 'reason', drop = 3, colour = function() return 'red' end } }, rows)
end

local function show_preview(p)
  local info, walk = S.info(p.symbol), {}
  for i, level in ipairs(p.walk or {}) do
    if i <= 5 then walk[i] = S.qty(info, level[2]) .. ' @ ' .. S.price(info, level[1]) end
  end
  local lines = S.card { { (p.side or '') .. ' ' .. (p.symbol or ''), p.qty and S.qty(info, p.qty) },
    { 'notional', p.notional and S.money(p.notional) .. ' ' .. (p.currency or '') }, { 'fee', p.fee and S.money(p.fee) .. ' ' .. (p.fee_asset or '') or p.notional and 'the venue has not said its rate' or nil },
    { 'waits for', p.waits_for and S.price(info, p.waits_for) },
    { p.rests and 'rests at' or p.waits_for and 'then' or 'average', p.average and S.price(info, p.average) or 'no price is known yet' }, { 'book walk', #walk > 0 and table.concat(walk, ', ') or nil },
    { 'position', S.qty(info, p.position_before) .. ' -> ' .. S.qty(info, p.position_after) },
    { 'of equity', p.equity_share and string.format('%.1f%%', p.equity_share * 100) },
    { 'at the stop', p.at_stop and S.money(p.at_stop) .. ' ' .. (p.currency or '') ..
      (p.at_stop_share and string.format(', %.2f%% of equity', p.at_stop_share * 100) or '') },
    { 'at the target', p.at_target and S.money(p.at_target) .. ' ' .. (p.currency or '') ..
      (p.reward_to_risk and string.format(', %.2f for 1 at risk', p.reward_to_risk) or '') } }
  if p.missing then lines = lines .. S.paint('red', S.clean(S.missing_words(p.missing))) .. '\n' end
  if p.rules and #p.rules > 0 then lines = lines .. verdict_rows(p.rules) end
  if p.allowed then return lines .. S.paint('green', 'would be allowed') .. '\n' end
  if p.host then
    return lines .. S.paint('red', 'would be refused by the host: ' .. p.host ..
      (p.host_used and string.format(': %s against a limit of %s', S.any(p.host_used), S.any(p.host_limit)) or '')) .. '\n'
  end
  if p.venue then return lines .. S.paint('red', 'by the prices of now the venue would say: ' .. S.clean(p.venue)) .. '\n' end
  return lines .. S.paint('red', 'would be refused') .. '\n'
end

word('Trade', 'preview', "preview('buy', qty, { options })", 'What an order would cost and what each rule says, without sending it.',
  'preview buy 0.1 BTC/USDT @ 60000', function(side, qty, options)
    side = type(side) == 'string' and side:lower() or side
    if side ~= 'buy' and side ~= 'sell' then S.wrong("preview: found %s, expected 'buy' or 'sell' first", side == nil and 'nothing' or "'" .. S.text(side) .. "'") end
    local info, fields = place(side, S.default, qty, options)
    if not info then return nil, fields end
    local p, err = S.ask('preview', side, info.symbol, table.unpack(fields))
    if not p then return nil, err end
    p.symbol, p.side = p.symbol or info.symbol, p.side or side:upper()
    return S.shown(p, show_preview)
  end)

---- explain ----

local roles = { stop_loss = 'stop', take_profit = 'target' }

-- What a leg's end has to do with the other orders of its group, where the order itself has no reason.
local function why_ended(order, family)
  if order.open or order.is_open or (order.reason or '') ~= '' or order.state ~= 'CANCELED' then return nil end
  for _, row in ipairs(family) do
    if row.parent and row.filled > 0 and not row.is_open then
      return (row.role == 'stop_loss' and 'the stop ' or 'the target ') .. row.id .. ' was filled'
    end
  end
  return order.parent and 'what it protected is closed' or nil
end

-- What sets it off, what it becomes then, and what a gap does to it.
function S.stop_words(info, row)
  local trails = row.trail and ', follows the market by ' .. row.trail or ''
  if not row.price then return 'stop ' .. S.price(info, row.stop) .. trails .. ' at market: behind a gap it is filled for less' end
  return 'stop ' .. S.price(info, row.stop) .. ' limit ' .. S.price(info, row.price) .. trails .. ': where the market jumps over the limit it rests and does not protect'
end

-- The other orders of the same group: entry, stop, target.
local function link(e)
  local order = e.order
  if not order.group or order.group == 0 then return end
  local family, is_of_it, denied = {}, {}, {}
  for _, row in ipairs(S.list(4000, 'orders', 'all') or {}) do
    local is_again = row.state == 'DENIED' and denied[row.role] -- of a leg that is refused again and again the last one
    if row.group == order.group and row.id ~= order.id and not is_again then
      family[#family + 1] = row
      if row.state == 'DENIED' then denied[row.role] = true end
    end
  end
  e.why = why_ended(order, family)
  for i, row in ipairs(family) do
    local info = S.info(row.symbol)
    local level = row.stop and S.stop_words(info, row) or row.price and '@ ' .. S.price(info, row.price) or 'market'
    is_of_it[i] = { name = not row.parent and 'entry' or roles[row.role] or row.role, text = string.format('%s %s %s %s %s', row.id, row.side,
      S.qty(info, row.qty or row.filled), level, row.state:lower():gsub('_', ' ')) }
  end
  local held = e.held
  if held then
    local info = S.info(order.symbol)
    local words = held.role == 'stop_loss' and 'at market; nothing protects while the host is down' or 'the stop is taken back for it when the market touches it'
    is_of_it[#is_of_it + 1] = { name = roles[held.role], text = string.format('held by this host, %s: %s', S.price(info, held.price), held.is_acting and 'touched' or words) }
  end
  e.family = is_of_it
end

local function show_explain(e)
  S.note_day()
  local info, lines = S.info(e.order.symbol), { S.order_line(e.order) }
  local function add(head, ...) lines[#lines + 1] = S.paint('dim', head) .. S.clean(string.format(...)) end
  if e.cause then add('cause     ', '%s  #%s  %s', S.clock(e.cause.time), S.text(e.cause.seq), e.cause.text or e.cause.type or '') end
  local c = e.callback
  if c and c.file then
    add('callback  ', '%s %s  %s:%s', c.strategy or '?', c.name or '', c.file, S.text(c.line))
    if c.source and c.source ~= '' then add('          ', '%s', c.source:match('^%s*(.-)%s*$')) end
  elseif c then
    local role = (e.order.role or ''):gsub('_', ' ')
    local whose = e.order.parent and 'the ' .. role .. ' of ' .. e.order.parent or role
    add('asked by  ', '%s: %s', c.who or c.console or '?', (c.text or '') ~= '' and c.text or whose)
  end
  if e.order.trail then add('follows   ', '%s', 'the market, ' .. e.order.trail .. ' behind; never back') end
  for _, row in ipairs(e.family or {}) do add(string.format('%-10s', row.name), '%s', row.text) end
  if e.why then add('ended     ', '%s', e.why) end
  local text = table.concat(lines, '\n') .. '\n'
  if e.missing and e.order.reason == 'RULE_MISSING' then text = text .. S.paint('red', S.clean(S.missing_words(e.missing))) .. '\n' end
  if e.verdicts and #e.verdicts > 0 then text = text .. verdict_rows(e.verdicts) end
  if e.steps and #e.steps > 0 then
    text = text .. S.grid({ { 'time', 'time', get = function(r) return S.clock(r.time) end }, { 'seq', 'seq', right = true, drop = 2 },
      { 'what', 'what' }, { 'text', 'text' } }, e.steps)
  end
  if e.position then
    text = text .. S.paint('dim', 'position  ') .. S.qty(info, e.position.before) .. ' -> ' .. S.qty(info, e.position.after) .. '\n'
  end
  if e.complete == false then text = text .. S.paint('dim', 'not all of it is remembered: outcry replay SESSION --console has the rest') .. '\n' end
  return text
end

word('Look', 'explain', 'explain(order)', 'Why an order did what it did: from the tick over callback, rules and answers to the position.', 'explain o3', function(order)
  local e, err = S.ask('explain', id_of(order))
  if not e then return nil, err end
  link(e)
  return S.shown(e, show_explain)
end)
