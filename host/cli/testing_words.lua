-- testing_words.lua: what a test file of `outcry test` is written with. A file names its tests; they run in that order, each alone.
local backtest_by_host = __backtest
__backtest = nil
local nearest = __nearest
__nearest = nil

local tests, current = {}, nil
local DIFFERENCES_SHOWN = 60

local function show(value, depth)
  if type(value) == 'string' then return string.format('%q', value) end
  if type(value) ~= 'table' then return tostring(value) end
  if (depth or 0) > 4 then return '{...}' end
  local parts, names = {}, {}
  for i = 1, #value do parts[#parts + 1] = show(value[i], (depth or 0) + 1) end
  for name in pairs(value) do
    if type(name) == 'string' then names[#names + 1] = name end
  end
  table.sort(names)
  for _, name in ipairs(names) do parts[#parts + 1] = name .. ' = ' .. show(value[name], (depth or 0) + 1) end
  local text = '{ ' .. table.concat(parts, ', ') .. ' }'
  return #text > 4 * DIFFERENCES_SHOWN and text:sub(1, 4 * DIFFERENCES_SHOWN) .. '...' or text
end

local function wrong(what, format, ...)
  error((what and what .. ': ' or '') .. string.format(format, ...), 3)
end

-- The place is added by the word that was called.
local function need(condition, format, ...)
  if not condition then error(string.format(format, ...), 0) end
end

local function public(name, body)
  return function(...)
    local good, result = pcall(body, ...)
    if not good then error(name .. ': ' .. tostring(result), 2) end
    return result
  end
end

--- test(NAME, FUNCTION)
test = public('test', function(name, body)
  need(type(name) == 'string' and type(body) == 'function', 'expected a name and a function')
  need(not current, '"%s" stands within another test', name)
  tests[#tests + 1] = { name = name, body = body }
end)

local function is_same(a, b, deep)
  if type(a) ~= 'table' or type(b) ~= 'table' then return a == b end
  if deep > 20 then return false end
  for key, value in pairs(b) do
    if not is_same(a[key], value, deep + 1) then return false end
  end
  for key in pairs(a) do
    if b[key] == nil then return false end
  end
  return true
end

--- equal(FOUND, EXPECTED, [WHAT]): tables by what they hold
function equal(found, expected, what)
  if not is_same(found, expected, 0) then wrong(what, 'found %s, expected %s', show(found), show(expected)) end
end

--- near(FOUND, EXPECTED, [WITHIN = 1e-9], [WHAT])
function near(found, expected, within, what)
  within = within or 1e-9
  if type(found) ~= 'number' or math.abs(found - expected) > within then
    wrong(what, 'found %s, expected %s within %s', show(found), show(expected), show(within))
  end
end

--- ok(VALUE, [WHAT]): neither nil nor false
function ok(value, what)
  if not value then wrong(what, 'found %s, expected something true', show(value)) end
end

--- raises(FUNCTION, [WORDS]): it raises an error that has these words
function raises(body, words)
  local good, why = pcall(body)
  if good then wrong(nil, 'nothing was raised, expected %s', show(words or 'an error')) end
  if words and not tostring(why):find(words, 1, true) then wrong(nil, 'raised %s, expected %s in it', show(tostring(why)), show(words)) end
end

---- data made by hand ----

local UNITS = { s = 1, m = 60, h = 3600, d = 86400 }
local START = 1704067200 -- 2024-01-01

local function seconds_of(period)
  local count, unit = tostring(period):match('^(%d+)([smhd])$')
  need(count and tonumber(count) > 0, 'period: found %s, expected such as "1m"', show(period))
  return tonumber(count) * UNITS[unit]
end

local function number_of(value, what)
  need(type(value) == 'number' and value == value and math.abs(value) < 1e15, '%s: found %s, expected a number', what, show(value))
  return string.format('%.10f', value)
end

-- A number is the close of a bar that opens where the one before it closed.
local function bar_rows(bars, period)
  local rows, last = { 'timestamp,open,high,low,close,volume' }, nil
  for i, bar in ipairs(bars) do
    local what = 'bar ' .. i
    if type(bar) == 'number' then bar = { close = bar } end
    need(type(bar) == 'table' and bar.close, '%s: found %s, expected a close, or { open, high, low, close, volume }', what, show(bar))
    local open, close = bar.open or last or bar.close, bar.close
    local high, low = bar.high or math.max(open, close), bar.low or math.min(open, close)
    rows[#rows + 1] = table.concat({ START + (i - 1) * period, number_of(open, what), number_of(high, what), number_of(low, what),
      number_of(close, what), number_of(bar.volume or 1000, what) }, ',')
    last = close
  end
  return rows
end

local function pair_rows(list, head, first, second, default)
  local rows = { head }
  for i, one in ipairs(list) do
    local what = first .. ' of line ' .. i
    if type(one) == 'number' then one = { one } end
    rows[#rows + 1] = table.concat({ START + i - 1, number_of(one[first] or one[1], what), number_of(one[second] or one[2] or default or one[1], what) }, ',')
  end
  return rows
end

local function csv_of(spec, period)
  local rows
  if spec.bars then rows = bar_rows(spec.bars, period)
  elseif spec.trades then rows = pair_rows(spec.trades, 'timestamp,price,qty', 'price', 'qty', 1)
  else rows = pair_rows(spec.quotes, 'timestamp,bid,ask', 'bid', 'ask') end
  need(#rows > 1, 'there are no data')
  return table.concat(rows, '\n') .. '\n'
end

local fields = { 'strategy', 'bars', 'trades', 'quotes', 'markets', 'symbol', 'period', 'params', 'cash', 'set', 'options', 'price_step',
  'qty_step', 'may_fail', 'hold' }
local known = {}
for _, name in ipairs(fields) do known[name] = true end

local function unknown(name)
  local near = type(name) == 'string' and nearest(name, fields)
  return 'unknown field ' .. show(name) .. (near and ": did you mean '" .. near .. "'?" or '; there are ' .. table.concat(fields, ', '))
end

--- backtest { strategy = FILE, bars = { 100, 101, ... }, ... }: what came of it
backtest = public('backtest', function(spec)
  need(type(spec) == 'table', 'expected a table')
  for name in pairs(spec) do need(known[name], '%s', not known[name] and unknown(name) or '') end
  need(type(spec.strategy) == 'string', 'strategy: found %s, expected a file', show(spec.strategy))
  local period = seconds_of(spec.period or '1m')
  local markets = spec.markets or { [spec.symbol or 'BTC/USDT'] = spec }
  local files, names = {}, {}
  for symbol, data in pairs(markets) do
    need(type(symbol) == 'string' and symbol:match('^[%w]+/[%w]+$'), 'symbol: found %s, expected such as BTC/USDT', show(symbol))
    need(type(data) == 'table' and (data.bars and 1 or 0) + (data.trades and 1 or 0) + (data.quotes and 1 or 0) == 1,
      '%s: expected one of bars, trades and quotes', symbol)
    names[#names + 1] = symbol
  end
  table.sort(names)
  for i, symbol in ipairs(names) do files[i] = { name = symbol:gsub('/', '-') .. '.csv', text = csv_of(markets[symbol], period) } end
  local argv = { '--cash', spec.cash or '10000 USDT', '--quiet', '--end', spec.hold == false and 'close' or 'hold', '--data',
    (names[1] and markets[names[1]].bars and 'period=' .. period .. 's;' or '') ..
    'price_step=' .. (spec.price_step or '0.01') .. ';qty_step=' .. (spec.qty_step or '0.0001') }
  for _, list in ipairs { { 'params', '-p' }, { 'set', '--set' } } do
    local keys = {}
    for key in pairs(spec[list[1]] or {}) do keys[#keys + 1] = key end
    table.sort(keys)
    for _, key in ipairs(keys) do
      argv[#argv + 1], argv[#argv + 2] = list[2], key .. '=' .. tostring(spec[list[1]][key])
    end
  end
  for _, word in ipairs(spec.options or {}) do argv[#argv + 1] = tostring(word) end
  local result = backtest_by_host(spec.strategy, files, argv)
  if result.error and not spec.may_fail then error(result.error, 0) end
  return result
end)

---- running them ----

function __run(said)
  for _, one in ipairs(tests) do
    current = one
    local good, why = pcall(one.body)
    current = nil
    said(one.name, good, not good and (type(why) == 'string' and why or show(why)) or '')
  end
  return #tests
end
