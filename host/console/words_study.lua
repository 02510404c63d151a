-- words_study.lua: the indicators of strategies over the bars that the host keeps, anew each time they are read.
local S = ...
local word = S.word

local BARS_MAX, SHOWN = 1024, 6

S.studies = S.study_names()

local usual = { sma = { 20 }, ema = { 20 }, wma = { 20 }, hma = { 20 }, rsi = { 14 }, atr = { 14 }, macd = { 12, 26, 9 }, bollinger = { 20, 2 },
  donchian = { 20 }, keltner = { 20, 10, 2 }, adx = { 14 }, stochastic = { 14, 3, 3 }, cci = { 20 }, mfi = { 14 }, stddev = { 20 }, zscore = { 20 },
  slope = { 20 }, supertrend = { 10, 3 }, pivots = { 2, 2 } }

local function bars_of(info, period)
  local rows, from = {}, 0
  while true do
    local page, err = S.ask('bars', info.symbol, period, BARS_MAX, from)
    if not page then S.wrong('%s: %s', period, err.message or err.code) end
    for _, row in ipairs(page.rows) do rows[#rows + 1] = row end
    if not page.next then return rows, page.period_ns end
    from = page.next
  end
end

-- The bar that is open still is not among the closed ones: its end lies ahead.
local function closed(rows, period_ns)
  local last, now_ns = rows[#rows], S.status().now_ns
  if last and now_ns and last[1] + period_ns > now_ns then rows[#rows] = nil end
  return rows
end

local function compute(info, period, name, numbers, session_ns)
  local rows, period_ns = bars_of(info, period)
  rows = closed(rows, period_ns)
  local text, lines, missing = S.study(S.studies[name].kind, numbers, info, rows, session_ns)
  return { text = text, lines = lines, missing = missing, rows = rows, period_ns = period_ns }
end

local function value_of(study, line, back)
  local count = #study.rows
  if study.missing > 0 then
    S.wrong('%s is not ready: %s are needed, the host keeps %d', study.text, S.count(study.missing, 'more bar'), count)
  end
  local at = count - (back or 0)
  if math.type(at) ~= 'integer' or at < 1 or at > count then S.wrong('%s: bars back are 0 to %d', study.text, count - 1) end
  return study.lines[line][at] or nil
end

local function show(info, study, names)
  S.note_day()
  local rows = {}
  for i = math.max(1, #study.rows - SHOWN + 1), #study.rows do
    local row = { time = S.from_ns(study.rows[i][1]), close = study.rows[i][5] }
    for line in ipairs(study.lines) do row[line] = study.lines[line][i] end
    rows[#rows + 1] = row
  end
  local period = S.duration(study.period_ns)
  local head = S.paint('dim', study.text .. ' of ' .. info.symbol .. ', closed bars of ' .. period) .. '\n'
  if study.missing > 0 then return head .. S.count(study.missing, 'more bar') .. ' needed\n' end
  local columns = { { 'opened', 'time', get = function(r) return S.clock(r.time) end },
    { 'close', 'close', right = true, get = function(r) return S.price(info, r.close) end } }
  for line in ipairs(study.lines) do
    local title = names[line] ~= '' and names[line] or study.text:match('^[%w_]+')
    columns[#columns + 1] = { title, line, right = true, get = function(r)
      local value = r[line]
      return value and S.comma(string.format('%.' .. math.min(8, info.price_digits + 2) .. 'f', value)) or ''
    end }
  end
  return head .. S.grid(columns, rows)
end

-- What m:ema(50) gives: called for its value, so many bars back; with .value, .ready and its lines by name.
local function handle_of(info, period, name, numbers, session_ns)
  local names = S.studies[name].lines
  local function look() return compute(info, period, name, numbers, session_ns) end
  local first = look() -- bad numbers are said at once
  return setmetatable({}, {
    __call = function(_, back) return value_of(look(), 1, back) end,
    __index = function(_, key)
      if key == 'ready' then return look().missing == 0 end
      if key == 'value' then return value_of(look(), 1, 0) end
      for line, line_name in ipairs(names) do if line_name == key then return value_of(look(), line, 0) end end
      local known = { 'ready', 'value' }
      for _, line_name in ipairs(names) do if line_name ~= '' and line_name ~= 'value' then known[#known + 1] = line_name end end
      S.wrong("%s has no '%s': it has %s, and is called for its value", first.text, S.text(key), table.concat(known, ', '))
    end,
    __newindex = function() S.wrong('an indicator is read only') end,
    __tostring = function() return first.text end,
    __show = function() return show(info, look(), names) end })
end

local function check_period(period, verb)
  if period ~= 'data' and not S.to_duration(period) then S.wrong("%s: found '%s', expected a period such as 1m, 1h or 1d", verb, S.text(period)) end
  return period
end

-- Numbers and, of vwap, a session.
local function arguments_of(name, given)
  local numbers, session_ns = {}, nil
  for _, value in ipairs(given) do
    if type(value) == 'string' and name == 'vwap' and S.to_duration(value) then session_ns = S.to_duration(value)
    elseif tonumber(value) then numbers[#numbers + 1] = tonumber(value)
    else S.wrong("%s: found '%s', expected numbers: %s", name, S.text(value), #S.studies[name].args > 0 and table.concat(S.studies[name].args, ', ') or 'none') end
  end
  if #numbers > #S.studies[name].args then S.wrong('%s takes %s', name, S.count(#S.studies[name].args, 'number')) end
  if #numbers == 0 and usual[name] then numbers = usual[name] end
  return numbers, session_ns
end

for name in pairs(S.studies) do
  S.market_methods[name] = function(self, ...) return handle_of(S.info(self.symbol), 'data', name, arguments_of(name, { ... })) end
end

-- m:bars("1h"): its studies, and [1] the newest closed bar, [2] the one before.
S.market_methods.bars = function(self, period)
  local info = S.info(self.symbol)
  period = check_period(period or 'data', 'bars')
  bars_of(info, period)
  return setmetatable({}, { __index = function(_, key)
    if math.type(key) == 'integer' then
      local rows, period_ns = bars_of(info, period)
      local row = closed(rows, period_ns)[#rows - key + 1]
      return row and { time = row[1], open = row[2], high = row[3], low = row[4], close = row[5], volume = row[6] }
    end
    if not S.studies[key] then S.wrong("bars have no '%s': they have indicators, and [1] is the newest", S.text(key)) end
    return function(_, ...) return handle_of(info, period, key, arguments_of(key, { ... })) end
  end, __newindex = function() S.wrong('bars are read only') end, __tostring = function() return info.symbol .. ' ' .. period end,
  __show = function() return S.show(S.words.chart.fn(info.symbol, period)) end })
end

word('Look', 'indicator', 'indicator(name, numbers..., [period], [symbol])',
  "An indicator of strategies over the closed bars that the host keeps (1024 of the data's): the last values of each line. Its name alone does, too: ema 50 1h. In Lua: m:ema(50), m:bars('1h'):rsi(14), called for the value so many bars back.",
  'rsi 14 1h BTC/USDT', function(name, ...)
    local key = type(name) == 'string' and name:lower()
    if not key or not S.studies[key] then
      local names = {}
      for known in pairs(S.studies) do names[#names + 1] = known end
      table.sort(names)
      S.wrong("indicator: found %s, expected one of %s", name == nil and 'nothing' or "'" .. S.text(name) .. "'", table.concat(names, ', '))
    end
    local numbers, period, symbol, session = {}, nil, nil, nil
    for _, value in ipairs { ... } do
      if tonumber(value) then numbers[#numbers + 1] = value
      elseif type(value) == 'string' and (value == 'data' or S.to_duration(value)) then
        if period and key == 'vwap' then session = value else period = value end
      else symbol = value end
    end
    numbers[#numbers + 1] = session
    local info, err = S.info(symbol)
    if not info then return nil, err end
    return handle_of(info, period or 'data', key, arguments_of(key, numbers))
  end)
