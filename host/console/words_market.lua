-- words_market.lua: the market object of strategies in the console, account, size, and the instrument in use.
local S = ...

-- Fails at once: a field of a market is no place for nil, err.
local function must(value, err)
  if value == nil and err then S.wrong(err.message or err.code) end
  return value
end

local function position_of(info)
  local rows = S.of_account_in_use(must(S.list(500, 'positions')))
  for _, row in ipairs(rows) do
    if row.symbol == info.symbol and not row.strategy then
      if row.side == 'short' and row.qty > 0 then row.qty = -row.qty end
      return row
    end
  end
  return { symbol = info.symbol, side = 'flat', qty = 0, value = 0, realised = 0, unrealised = 0 }
end

local function ticker(info) return must(S.ask('ticker', info.symbol)) end

local live_fields = {
  last = function(info) return ticker(info).last end,
  bid = function(info) return ticker(info).bid end,
  ask = function(info) return ticker(info).ask end,
  mid = function(info)
    local t = ticker(info)
    return t.bid and t.ask and (t.bid + t.ask) / 2
  end,
  spread = function(info)
    local t = ticker(info)
    return t.bid and t.ask and t.ask - t.bid
  end,
  position = function(info)
    return S.shown(position_of(info), function(p)
      return S.card { { p.symbol, p.side }, { 'qty', S.qty(info, p.qty) }, { 'average', p.average and S.price(info, p.average) },
        { 'unrealised', S.signed(p.unrealised), S.profit_colour(p.unrealised) },
        { 'realised', S.signed(p.realised), S.profit_colour(p.realised) } }
    end)
  end,
}
local fixed_fields = { symbol = true, venue = true, base = true, quote = true, tick = true, lot = true }

local methods = {}
S.market_methods, S.market_fields = methods, { 'ask', 'base', 'bid', 'last', 'lot', 'mid', 'position', 'quote', 'spread', 'symbol', 'tick', 'venue' }

-- The nearest step, ties away from zero; a hair off a step is that step.
local function steps(x, step, rounding)
  if type(x) == 'string' then x = tonumber(x) end
  if type(x) ~= 'number' or x ~= x or x == math.huge or x == -math.huge then S.wrong('expected a number') end
  local n = rounding(x / step)
  local digits = tostring(step):match('%.(%d+)$')
  local small = tostring(step):match('e%-(%d+)$')
  local places = digits and #digits or small and tonumber(small) or 0
  return tonumber(string.format('%.' .. places .. 'f', n * step))
end

function methods:round_price(price)
  return steps(price, self.tick, function(n) return math.floor(n + 0.5) end)
end

function methods:round_qty(qty)
  return steps(qty, self.lot, function(n) return n >= 0 and math.floor(n + 1e-6) or -math.floor(-n + 1e-6) end)
end

function methods:orders()
  local rows = must(S.list(200, 'orders', 'open'))
  local mine = {}
  for i = #rows, 1, -1 do
    if rows[i].symbol == self.symbol then mine[#mine + 1] = S.as_order(rows[i]) end
  end
  return S.table_of(mine, S.order_columns(mine), 'no open orders')
end

function methods:busy()
  for _, row in ipairs(self:orders()) do
    if row.role ~= 'stop_loss' and row.role ~= 'take_profit' then return true end
  end
  return false
end

function methods:cancel_all()
  local answer, err = S.verb('cancel_all', self.symbol)
  return answer and answer.cancelled, err
end

function S.market_names()
  local names = { table.unpack(S.market_fields) }
  for name in pairs(methods) do names[#names + 1] = name end
  return names
end

local objects = {}

-- One object a market, so that what is kept in it stays.
function S.market_object(symbol)
  local info = must(S.info(symbol))
  local key = info.venue .. ':' .. info.symbol
  if objects[key] then return objects[key] end
  local function index(_, field)
    if live_fields[field] then return live_fields[field](info) end
    if fixed_fields[field] then return info[field] end
    if methods[field] == nil and type(field) == 'string' and not field:find('^__') then
      local near = S.nearest(field, S.market_names())
      if near then S.wrong("a market has no '%s'; did you mean '%s'?", field, near) end
    end
    return methods[field]
  end
  local function assign(object, field, value)
    if live_fields[field] or fixed_fields[field] or methods[field] then S.wrong("cannot assign '%s' of a market", S.text(field)) end
    rawset(object, field, value)
  end
  objects[key] = setmetatable({}, { __index = index, __newindex = assign,
    __tostring = function() return info.symbol end,
    __show = function() return S.show(S.words.ticker.fn(info.symbol)) end, is_market = true })
  return objects[key]
end

local function use(symbol)
  local info, err = S.info(symbol)
  if not info then return nil, err end
  S.default = info.symbol
  S.use_instrument(info.symbol)
  S.acts = S.acts + 1
  _G.m = S.market_object(info.symbol)
  local t = S.ask('ticker', info.symbol)
  S.say(info.symbol .. ' is in use' .. (t and t.last and ', last ' .. S.price(info, t.last) or ''), 'dim')
end

S.word('Look', 'market', 'market([symbol])',
  'The market object of strategies: m.last bid ask mid spread tick lot position, m:buy sell close orders busy cancel_all round_price round_qty.',
  "m = market('BTC/USDT')", function(symbol)
    local info, err = S.info(symbol)
    if not info then return nil, err end
    return S.market_object(symbol)
  end)

S.word('Look', 'use', 'use(symbol), use(venue/account)', 'The instrument that words take when none is named; also the global m. Of an account: it alone is traded with and shown, until use all.', 'use eth/usdt', function(what)
  if what == nil then S.wrong('use what? found nothing, expected a symbol or an account: use BTC/USDT, use binanceus/main') end
  local is_said, err = S.use_account(what)
  if is_said ~= nil then return is_said or nil, err end
  return use(what)
end)
S.use_market = use

-- The first instrument of the host, until `use` says another.
function S.begin_default()
  local hello = S.ask('status')
  if hello and hello.instrument and S.info(hello.instrument) then
    S.default = hello.instrument
    _G.m = S.market_object(hello.instrument)
  end
end

local account = setmetatable({}, { __index = function(_, field)
  local s = must(S.ask('status'))
  if field == 'cash' or field == 'equity' or field == 'currency' then return s[field] end
  if field == 'name' then return s.account or 'default' end
  S.wrong("account has no '%s': it has cash, equity, currency", S.text(field))
end, __call = function(_, asset)
  local rows = must(S.list(200, 'balances'))
  for _, row in ipairs(rows) do
    if row.asset == asset then return row.total end
  end
  return 0
end, __tostring = function() return 'account' end, __show = function() return S.show(S.words.balances.fn()) end })
S.constant('account', account)

local size = {}
-- equity * risk / (|entry - stop| + fee * (entry + stop)), down to the lot.
function size.risk(m, options)
  if type(m) ~= 'table' or type(options) ~= 'table' then S.wrong("size.risk expects a market and { risk = 0.01, entry = price, stop = price }") end
  local risk, entry, stop = tonumber(options.risk), tonumber(options.entry), tonumber(options.stop)
  if not risk or risk <= 0 or risk > 1 then S.wrong('size.risk: risk: expected a share above 0, at most 1') end
  if not entry or not stop then S.wrong('size.risk: expected entry and stop, both prices') end
  local loss = math.abs(entry - stop) + (options.fee or 0) * (entry + stop)
  if loss <= 0 then return nil, 'entry and stop are the same price' end
  local qty = account.equity * risk / loss
  if stop < entry then qty = math.min(qty, account.cash * 0.95 / entry) end
  qty = m:round_qty(qty)
  if qty <= 0 then return nil, 'less than one lot' end
  return qty
end
S.constant('size', size)

S.word('Look', 'now', 'now()', 'The session\'s time, nanoseconds UTC.', 'now', function() return must(S.ask('status')).now_ns end)

local log = {}
for _, level in ipairs { 'debug', 'info', 'warn', 'error' } do
  log[level] = function(format, ...)
    local text = select('#', ...) > 0 and string.format(format, ...) or S.text(format)
    S.say(level .. ': ' .. text, (level == 'warn' or level == 'error') and 'red' or 'dim')
  end
end
S.constant('log', log)
