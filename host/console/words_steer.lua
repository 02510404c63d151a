-- words_steer.lua: strategies loaded, held, changed and bounded; live's lock; leaving.
local S = ...
local word = S.word

local function name_of(strategy, verb, example)
  if type(strategy) == 'table' and strategy.name then return strategy.name end
  if type(strategy) == 'string' and strategy ~= '' then return strategy end
  S.wrong("%s what? expected the name of a strategy: %s", verb, example)
end

-- Fields of NAME=VALUE from tables and from words.
local function values(verb, ...)
  local fields, i, given = {}, 1, table.pack(...)
  while i <= given.n do
    local value = given[i]
    if type(value) == 'table' then
      for key, member in pairs(value) do
        if type(member) == 'table' then member = table.concat(member, ',') end
        fields[#fields + 1] = S.text(key) .. '=' .. (type(member) == 'number' and S.number(member) or S.text(member))
      end
    elseif type(value) == 'string' and value:find('^[%a_][%w_.]*=') then
      fields[#fields + 1] = value
    elseif type(value) == 'string' and given[i + 1] ~= nil then
      fields[#fields + 1] = value .. '=' .. S.text(given[i + 1])
      i = i + 1
    else
      S.wrong("%s: found '%s', expected NAME=VALUE or { name = value }", verb, S.text(value))
    end
    i = i + 1
  end
  return fields
end

local function told(answer, err, what)
  if not answer then return nil, err end
  S.say(string.format('%s: %s', answer.name or 'strategy', what or answer.state or 'done'))
  for _, list in ipairs { { 'warming', 'warm up from here on' }, { 'not_saved', 'could not go over' }, { 'positions', 'stay open' } } do
    local names = answer[list[1]]
    if type(names) == 'table' and #names > 0 then
      local parts = {}
      for i, name in ipairs(names) do parts[i] = type(name) == 'table' and (S.any(name.qty) .. ' ' .. S.any(name.symbol)) or S.any(name) end
      S.say('  ' .. list[2] .. ': ' .. table.concat(parts, ', '))
    end
  end
  return S.said_already(S.shown(answer, function(a) return (a.name or '') .. ' ' .. (a.state or '') .. '\n' end))
end

word('Strategies', 'load', 'load(file, [{ parameters }])', 'Loads a strategy and starts it.', 'load sma_cross.lua fast=10', function(file, ...)
  if type(file) ~= 'string' then S.wrong('load what? expected a file: load sma_cross.lua') end
  local answer, err = S.verb('load', file, table.unpack(values('load', ...)))
  return told(answer, err, answer and 'loaded, ' .. (answer.state or 'running'))
end)

local function simple(verb, about, done)
  word('Strategies', verb, verb .. '(name)', about, verb .. ' sma_cross', function(strategy)
    local answer, err = S.verb(verb, name_of(strategy, verb, verb .. ' sma_cross'))
    return told(answer, err, done)
  end)
end
simple('unload', 'Ends a strategy; its protective stops stay.', 'unloaded')
simple('hold', 'Pauses a strategy: it gets no more events until resume.', 'paused')
simple('resume', 'A paused or suspended strategy goes on.', 'running')
simple('reload', 'Reads the file again; what it has saved is handed over.', nil)

-- One strategy's row, or nil, err.
local function row_of(name)
  local rows, err = S.list(500, 'strategies')
  if not rows then return nil, err end
  local names = {}
  for _, row in ipairs(rows) do
    if row.name == name then return row end
    names[#names + 1] = row.name
  end
  local nearest = S.nearest(name, names)
  return nil, { code = 'NO_STRATEGY', definitive = true,
    message = "no strategy '" .. name .. "'" .. (nearest and "; did you mean '" .. nearest .. "'?" or '; see strategies') }
end

local groups = { set = 'params', budget = 'budget', may = 'may' }

-- What a strategy has of one kind: set NAME, budget NAME and may NAME alone.
function S.shown_group(name, group, example)
  local row, err = row_of(name)
  if not row then return nil, err end
  local values = row[group] or {}
  return S.shown(values, function(v)
    local keys, lines = {}, { { group, name } }
    for key in pairs(v) do keys[#keys + 1] = key end
    table.sort(keys)
    for _, key in ipairs(keys) do
      local value = v[key]
      local text = type(value) == 'table' and table.concat(value, ',') or S.any(value)
      if key:find('_ns$') and type(value) == 'number' then key, text = key:gsub('_ns$', ''), value > 0 and S.duration(value) or 'no limit' end
      lines[#lines + 1] = { key, text ~= '' and text or 'no limit' }
    end
    if #keys == 0 then lines[#lines + 1] = { '', 'none' } end
    return S.card(lines) .. S.paint('dim', 'change one: ' .. example) .. '\n'
  end)
end

local function changing(verb, usage, about, example)
  word('Strategies', verb, usage, about, example, function(strategy, ...)
    local name = name_of(strategy, verb, example)
    local fields = values(verb, ...)
    if #fields == 0 then return S.shown_group(name, groups[verb], example) end
    local answer, err = S.verb(verb, name, table.unpack(fields))
    return told(answer, err, table.concat(fields, ' '))
  end)
end
changing('set', 'set(name, { parameter = value })', 'Changes parameters of a running strategy.', 'set sma_cross fast=12')
changing('budget', 'budget(name, { callback =, heap =, orders =, notional = })', 'What a strategy may use: time a callback, bytes, orders a second, money.', 'budget sma_cross callback=5ms')
changing('may', 'may(name, { venues =, accounts =, instruments =, verbs = })', 'What a strategy may reach: lists with commas, * for all, - for none.', 'may sma_cross instruments=BTC/USDT')

simple('no_entries', 'A strategy opens nothing any more, and its entries are cancelled; it may make positions smaller. Needs no unlock.', 'opens nothing until entries')
simple('entries', 'It may open positions again.', 'may open positions')
simple('take', 'A person takes a strategy over: it is held, its entries are cancelled; trade its position with buy, sell and close, for NAME.', 'in your hands until give')
simple('give', 'Gives a strategy back what was taken over: it goes on with the position as it is now.', 'running')

local function claiming(verb, way, about)
  word('Strategies', verb, verb .. '(qty, asset, name)', about, verb .. ' 0.1 BTC ' .. way .. ' sma_cross', function(qty, asset, ...)
    local given = { ... }
    if given[1] == way then table.remove(given, 1) end
    if qty == nil or type(asset) ~= 'string' or given[1] == nil then
      S.wrong('%s what? expected a quantity, an asset and a strategy: %s 0.1 BTC %s sma_cross', verb, verb, way)
    end
    local answer, err = S.verb(verb, S.text(qty), asset, name_of(table.remove(given, 1), verb, verb), table.unpack(values(verb, table.unpack(given))))
    if not answer then return nil, err end
    S.say(string.format('%s: %s %s at %s', answer.name, S.any(answer.qty), answer.symbol, S.any(answer.price)))
    return S.said_already(S.shown(answer, function(a) return (a.name or '') .. '\n' end))
  end)
end
claiming('adopt', 'to', 'Gives a strategy something that the account holds and nobody trades (unassigned); its capital pays the price of now.')
claiming('release', 'from', 'Takes it back from a strategy: unassigned again; its capital is paid the price of now.')

local function show_strategy(s)
  local lines = { { 'name', s.name }, { 'state', s.state .. (s.no_entries and ', no entries' or ''), s.state == 'suspended' and 'red' or nil }, { 'file', s.file },
    { 'calls', S.any(s.calls) }, { 'open orders', S.any(s.open_orders) }, { 'heap', s.heap_bytes and S.any(s.heap_bytes) .. ' bytes' },
    { 'error', s.error, 'red' } }
  for _, group in ipairs { 'params', 'budget', 'may' } do
    local parts = {}
    for key, value in pairs(s[group] or {}) do parts[#parts + 1] = key .. '=' .. (type(value) == 'table' and table.concat(value, ',') or S.any(value)) end
    lines[#lines + 1] = { group, table.concat(parts, ' ') }
  end
  return S.card(lines)
end

local steering = { pause = 'hold', hold = 'hold', resume = 'resume', reload = 'reload', unload = 'unload', set = 'set', budget = 'budget', may = 'may' }
S.strategy_methods = { 'budget', 'may', 'pause', 'reload', 'resume', 'set', 'unload' }

word('Strategies', 'strategy', 'strategy(name)', "One strategy: strategy('sma'):pause() resume() reload() unload() set{} budget{} may{}, and its fields.", 'strategy sma_cross', function(name)
  if type(name) == 'table' then return end -- strategy { ... } at the head of a file
  name = name_of(name, 'strategy', 'strategy sma_cross')
  local function look() return row_of(name) end
  local found, err = look()
  if not found then return nil, err end
  return setmetatable({}, { __index = function(_, key)
    if steering[key] then
      return function(self, ...) return S.words[steering[key]].fn(self.name, ...) end
    end
    if key == 'name' then return name end
    local row = look()
    return row and row[key]
  end, __tostring = function() return name end, __show = function() return show_strategy(look() or { name = name, state = 'unloaded' }) end })
end)

-- As in a strategy's file, so that one may be typed in: the values by default.
S.constant('params', function(rows)
  local values_of = {}
  for name, row in pairs(rows or {}) do values_of[name] = type(row) == 'table' and row[1] or row end
  return values_of
end)

---- live ----

local function lock_word(name, about)
  return function()
    local answer, err = S.ask(name)
    if not answer then return S.refused(err) end
    S.say(about)
  end
end
local live = { unlock = lock_word('unlock', 'live is open for this console: live.lock() closes it'), lock = lock_word('lock', 'live is locked') }
S.word('Live', 'live', 'live.unlock(), live.lock()', 'Live only: verbs need the unlock, but those that cancel or close everything, and no_entries.', 'live.unlock()')
S.constant('live', setmetatable(live, { __show = function() return 'live.unlock(), live.lock()\n' end, __tostring = function() return 'live' end }))

---- the console itself ----

word('Console', 'stop', 'stop()', 'Ends the session, as SIGTERM does: what becomes of orders and positions says session.on_exit.', 'stop', function()
  local answer, err = S.ask('stop')
  if not answer then return S.refused(err) end
  S.say('the session ends')
end)

word('Console', 'quit', 'quit()', 'Leaves the console; a host of its own ends with it.', 'quit', function() S.leave() end)
word('Console', 'exit', 'exit()', 'The same as quit.', 'exit', function() S.leave() end)
word('Console', 'clear', 'clear()', 'Empties the screen.', 'clear', function()
  local _, rows, has_colour = S.screen()
  if rows > 0 and has_colour then S.out('\27[2J\27[H') end
end)
