-- words_eval.lua: one evaluation: Lua, a bare word, or words; and completion.
local S = ...

local pack, keywords = table.pack, S.keywords

-- Shows what came out. 'done' or 'error'.
local function finish(results, kind)
  local value, err = results[1], results[2]
  if value == nil and type(err) == 'table' and (err.code or err.message) then
    S.refused(err)
    return 'error'
  end
  if value ~= nil then _G._ = value end
  local texts = {}
  for i = 1, results.n do
    if results[i] ~= nil and results[i] ~= S.quiet then texts[#texts + 1] = S.show(results[i]) end
  end
  if #texts > 0 then S.page(table.concat(texts)) end
  if #texts == 0 and kind == 'expression' and results.n > 0 and results[1] == nil and S.acts == 0 then S.say('nil', 'dim') end
  return 'done'
end

local function run(text, kind, results)
  local result = finish(results, kind)
  if result == 'done' and kind then
    if S.acts > 0 then S.note(text, 'act')
    elseif kind == 'statement' or text:find('^%s*strategy%s*{') then S.note(text, S.asks > 0 and 'act' or 'define') end
  end
  return result
end

local function begin()
  S.asks, S.acts, S.said, S.quiet, S.sink = 0, 0, nil, nil, nil
  if not S.default then S.begin_default() end
  S.asks, S.acts = 0, 0
end

-- Valid Lua, but meant as words: "sell -1", "alert > 5".
local function reads_as_words(rest) return (rest:find('^[-<>@*/]') or rest:find('^%.%d')) and not rest:find('^%-%-') end

local function in_words(name, rest)
  local results = pack(S.call_in_words(name, rest))
  return run(results[1], 'words', pack(table.unpack(results, 2, results.n)))
end

-- What the same is called elsewhere.
local aliases = { position = 'positions', balance = 'balances', trades = 'fills', price = 'ticker', quote = 'ticker', profit = 'pnl', panic = 'kill',
  halt = 'kill', dom = 'ladder', candles = 'chart', why = 'explain' }

-- The word that a name means and what is behind it: "ORDERS", "position", "ema 50 1h". nil: none, or somebody uses the name.
function S.spell(name, rest)
  local lower = name:lower()
  if S.words[name] then return name, rest end
  if rawget(_G, name) ~= nil then return nil, rest end
  if S.words[lower] then return lower, rest end
  if rest:find('^[=(.:{]') then return nil, rest end
  if aliases[lower] then return aliases[lower], rest end
  if S.studies[lower] then return 'indicator', (lower .. ' ' .. rest):gsub('%s+$', '') end
  return nil, rest
end

-- A name that means nothing: what is near to it.
local function hint(name)
  local names = {}
  for key in pairs(S.words) do names[#names + 1] = key end
  for key in pairs(aliases) do names[#names + 1] = key end
  local likely = { flat = 'flatten', cash = 'balances', equity = 'pnl', stop = 'cancel', exit_all = 'flatten' }
  local nearest = not keywords[name] and (likely[name:lower()] or S.nearest(name, names))
  S.say("nothing is called '" .. name .. "'; " .. (nearest and "did you mean '" .. nearest .. "'?" or 'help lists the words'), 'dim')
end

local shadows = { live = true }

-- o3 in an expression is order 3, unless somebody has put something else there.
local function bind_orders(text)
  for name in text:gmatch('%f[%w_]o%d+_?%d*%f[^%w_]') do
    local order = rawget(_G, name) == nil and name ~= text and S.order_handle(name)
    if order then _G[name] = order end
  end
end

function S.eval_once(text)
  text = text:gsub('%s+$', ''):gsub('^%c+', '')
  if not text:find('%S') then return 'done' end
  text = text:gsub('^%s*%?%s*', function() return 'help ' end):gsub('%s+$', '')
  local name, rest = text:match('^%s*([%a_][%w_]*)%s*(.*)$')
  local key
  if name then key, rest = S.spell(name, rest) end
  local word = key and not shadows[key] and S.words[key]
  if word and (rest == '' or rest == ';') then
    if key == 'buy' or key == 'sell' or key == 'preview' then return run(text, nil, pack(S.words.help.fn(key))) end
    return run(key .. '()', 'words', pack(word.fn()))
  end
  if word and reads_as_words(rest) then return in_words(key, rest) end
  bind_orders(text)
  local fn = S.compile('return ' .. text)
  if fn then
    local results = pack(fn())
    if rest == '' and name and results[1] == nil and rawget(_G, name) == nil then
      if name:find('^o%d+_?%d*$') then return run(text, nil, pack(S.order_handle(name))) end
      if not keywords[name] and name ~= '_' then
        hint(name)
        return 'done'
      end
    end
    return run(text, 'expression', results)
  end
  local chunk, message, is_more = S.compile(text)
  if chunk then return run(text, 'statement', pack(chunk())) end
  if word and rest:find('^[^%s=.:,%[%({]') and not text:find('\n') then return in_words(key, rest) end
  if is_more then return 'more' end
  if text:find('\n') and S.lines_of(text) then return S.eval_lines(S.lines_of(text)) end
  S.say('error: ' .. S.clean((message:gsub('^console:1: ', ''))), 'red')
  if name and not word and _G[name] == nil and not keywords[name] then hint(name) end
  return 'error'
end

-- Lines of which each is whole by itself: words, or Lua. nil: it is one piece of Lua.
function S.lines_of(text)
  local lines, has_words = {}, false
  for line in text:gmatch('[^\n]+') do
    if line:find('%S') then lines[#lines + 1] = line end
    local name, rest = line:match('^%s*([%a_][%w_]*)%s*(.*)$')
    if name and S.spell(name, rest) then has_words = true end
  end
  return #lines > 1 and has_words and lines or nil
end

local trades = { buy = true, sell = true, close = true, amend = true }

-- What was pasted, line by line, up to the first that fails. Several orders are asked about once, before the first.
function S.eval_lines(lines)
  local orders = 0
  for _, line in ipairs(lines) do
    local name, rest = line:match('^%s*([%a_][%w_]*)%s*(.*)$')
    if name and rest ~= '' and trades[S.spell(name, rest) or ''] then orders = orders + 1 end
  end
  local _, _, _, _, has_person = S.screen()
  if orders > 1 and has_person and not S.confirm(string.format('%d lines are pasted, %d of them orders. Send them? (y, n) ', #lines, orders)) then
    S.say('nothing of it was done', 'dim')
    return 'error'
  end
  local chunk = ''
  for i, line in ipairs(lines) do
    chunk = chunk == '' and line or chunk .. '\n' .. line
    begin()
    S.say('> ' .. line, 'dim')
    local is_good, result = pcall(S.eval_once, chunk)
    if not is_good then S.say('error: ' .. S.clean(S.text(result)), 'red') end
    if not is_good or result == 'error' then
      if i < #lines then S.say(string.format('%s not done', S.count(#lines - i, 'line')), 'red') end
      return 'error'
    end
    if result ~= 'more' then chunk = '' end
  end
  if chunk ~= '' then
    S.say('error: the last lines are not complete: not evaluated', 'red')
    return 'error'
  end
  return 'done'
end

function S.eval(text)
  begin()
  local _, _, _, _, has_person = S.screen()
  if not has_person then -- else they are looked at while the keys wait
    S.tick()
    begin()
  end
  return S.eval_once(text)
end

---- completion ----

local library = { 'string', 'table', 'math', 'coroutine', 'utf8', 'pairs', 'ipairs', 'print', 'tostring', 'tonumber', 'type', 'select',
  'pcall', 'error', 'assert', 'account', 'size', 'log', 'ask', 'local', 'function', 'return', 'for', 'while', 'repeat', 'if', 'then', 'end' }

local takes_order = { cancel = true, amend = true, explain = true, order = true }
local takes_strategy = { unload = true, hold = true, resume = true, reload = true, set = true, budget = true, may = true, strategy = true }
local takes_symbol = { use = true, ticker = true, book = true, chart = true, buy = true, sell = true, close = true, market = true,
  alert = true, preview = true, cancel_all = true, watch = true }

local function matching(prefix, names)
  local found, seen = {}, {}
  for _, name in ipairs(names) do
    if #found < 128 and not seen[name] and name:sub(1, #prefix):lower() == prefix:lower() then
      seen[name] = true
      found[#found + 1] = name
    end
  end
  table.sort(found)
  return found
end

local function word_names()
  local names = {}
  for name in pairs(S.words) do names[#names + 1] = name end
  return names
end

local function fields_of_rows(word, key, ...)
  local page, names = S.ask(word, ...), {}
  for _, row in ipairs(page and page.rows or {}) do names[#names + 1] = row[key] end
  return names
end

local takes_file = { load = true, save = true, diff = true }
local settings = { budget = { 'callback=', 'heap=', 'orders=', 'notional=' }, may = { 'venues=', 'accounts=', 'instruments=', 'verbs=' } }
local order_words = { '@', 'market', 'stop', 'target', 'trail', 'trigger', 'oco', 'post', 'reduce', 'ioc', 'fok', 'gtc', 'day', 'gtd', 'tag', 'with', 'of' }
local fixed_words = { orders = { 'open', 'all' }, step = { 'events', 'orders', 'fills' }, back = { 'events', 'orders', 'fills' }, speed = { 'max' },
  alert = { 'drop' }, every = { 'drop' }, after = { 'drop' }, close = { 'all' }, amend = { 'price', 'qty', 'stop' }, preview = { 'buy', 'sell' }, cancel = { 'all' },
  history = { 'orders', 'fills', 'trades', 'positions', 'pnl', 'sessions', 'transactions' } }

-- Names of files and folders that go on where `prefix` ends, and of strategies those in `strategies`, too.
local function files(prefix)
  local folder, begin = prefix:match('^(.*/)([^/]*)$')
  local found = {}
  for _, name in ipairs(S.files(folder or '', begin or prefix)) do found[#found + 1] = (folder or '') .. name end
  table.sort(found)
  return found
end

local function settings_of(strategy, word, prefix)
  if settings[word] then return matching(prefix, settings[word]) end
  local rows = S.list(500, 'strategies')
  for _, row in ipairs(rows or {}) do
    if row.name == strategy then
      local names = {}
      for key in pairs(row.params or {}) do names[#names + 1] = key .. '=' end
      return matching(prefix, names)
    end
  end
end

-- What may follow a verb or noun, for what is typed of it. `before`: the words between.
local function arguments_of(name, prefix, is_quoted, before)
  local count = before and #before or 0
  if takes_file[name] and (count == 0 or name == 'diff') then return files(prefix) end
  if (name == 'set' or settings[name]) and count > 0 then return settings_of(before[1], name, prefix) or {} end
  if (name == 'buy' or name == 'sell' or name == 'preview') and not is_quoted and count > (name == 'preview' and 1 or 0) then
    local names = S.symbols()
    for _, known in ipairs(order_words) do names[#names + 1] = known end
    return matching(prefix, names)
  end
  if name == 'amend' and count > 0 then return matching(prefix, fixed_words.amend) end
  if name == 'indicator' and count == 0 then
    local names = {}
    for known in pairs(S.studies) do names[#names + 1] = known end
    return matching(prefix, names)
  end
  if fixed_words[name] and not is_quoted and name ~= 'amend' then
    local names, more = { table.unpack(fixed_words[name]) }, nil
    if takes_order[name] then more = fields_of_rows('orders', 'id', 'open', 0) elseif takes_symbol[name] then more = S.symbols() end
    for _, known in ipairs(more or {}) do names[#names + 1] = known end
    return matching(prefix, names)
  end
  if takes_order[name] then return matching(prefix, fields_of_rows('orders', 'id', 'open', 0)) end
  if takes_strategy[name] then return matching(prefix, fields_of_rows('strategies', 'name')) end
  if name == 'help' then return matching(prefix, word_names()) end
  if name == 'watch' and not is_quoted and not prefix:find('/') then return matching(prefix, word_names()) end
  if takes_symbol[name] or is_quoted then return matching(prefix, S.symbols()) end
end

local function keys_of(value, only_functions)
  local names = {}
  local meta = type(value) == 'table' and getmetatable(value)
  local function add(list)
    for key, member in pairs(list) do
      if type(key) == 'string' and (not only_functions or type(member) == 'function') then names[#names + 1] = key end
    end
  end
  if type(meta) == 'table' and meta.is_market then
    add(S.market_methods)
    if not only_functions then for _, field in ipairs(S.market_fields) do names[#names + 1] = field end end
  elseif type(meta) == 'table' and meta.is_order then
    add(S.order_methods)
  end
  if value == account then for _, field in ipairs { 'cash', 'currency', 'equity', 'name' } do names[#names + 1] = field end end
  if type(value) == 'string' then add(string) end
  if type(value) == 'table' then pcall(add, value) end
  return names
end

local inner_libraries = { string = string, table = table, math = math, coroutine = coroutine, utf8 = utf8, size = size, log = log, live = live, account = account }

local fields_of_order = { 'average', 'created', 'fee', 'filled', 'id', 'is_open', 'open', 'owner', 'parent', 'post_only', 'price', 'qty', 'reason',
  'reduce_only', 'remaining', 'role', 'side', 'slip_bps', 'state', 'status', 'stop', 'stop_loss', 'strategy', 'symbol', 'tag', 'take_profit', 'tif', 'trail', 'trail_from', 'type' }
local function order_fields(only_methods)
  local names = only_methods and {} or { table.unpack(fields_of_order) }
  for name in pairs(S.order_methods) do names[#names + 1] = name end
  return names
end

-- Without running anything of the person's: raw fields only.
local function resolve(path)
  local value
  for part in path:gmatch('[%a_][%w_]*') do
    if value == nil then
      value = rawget(_G, part)
      if value == nil then value = inner_libraries[part] end
    elseif type(value) == 'table' and not getmetatable(value) then
      value = rawget(value, part)
    else
      return nil
    end
    if value == nil then return nil end
  end
  return value
end

local function global_names()
  local names = word_names()
  for _, name in ipairs(library) do names[#names + 1] = name end
  pcall(function()
    for key in pairs(_G) do
      if type(key) == 'string' and key:find('^[%a_][%w_]*$') then names[#names + 1] = key end
    end
  end)
  return names
end

-- complete(line) -> where the completed word begins (bytes before it), names
function S.complete(line)
  if not S.default then S.begin_default() end
  local first, rest = line:match('^%s*([%a_][%w_]*)%s*(.*)$')
  local open = line:match('.*()[\'"]')
  local _, singles = line:gsub("'", '')
  local _, doubles = line:gsub('"', '')
  if open and (singles % 2 == 1 or doubles % 2 == 1) then
    local call = line:sub(1, open - 1):match('([%a_][%w_]*)%s*%(?%s*$') or first
    local prefix = line:sub(open + 1)
    return open, arguments_of(call, prefix, true) or {}
  end
  local word = first and first:lower()
  if word and S.words[word] and line:find('^%s*[%a_][%w_]*%s') and not rest:find('^[=(.:{]') then
    local at = line:match('.*%s()') or 1
    local before = {}
    for typed in line:sub(1, at - 1):gmatch('%S+') do before[#before + 1] = typed end
    table.remove(before, 1)
    local found = arguments_of(word, line:sub(at), false, before)
    if found then return at - 1, found end
  end
  local path, separator, at, prefix = line:match('([%a_][%w_.]*)([.:])()([%w_]*)$')
  if path then
    local value = resolve(path)
    if value == nil and path:find('^o%d+_?%d*$') then return at - 1, matching(prefix, order_fields(separator == ':')) end
    return at - 1, value ~= nil and matching(prefix, keys_of(value, separator == ':')) or {}
  end
  local call, in_call, from = line:match('([%a_][%w_]*)%(%s*()([%w_./:]*)$')
  if call and takes_order[call] then return in_call - 1, arguments_of(call, from, false) end
  at, prefix = line:match('()([%a_][%w_]*)$')
  if line:find('^%s*$') then at, prefix = #line + 1, '' end
  if not at then return #line, {} end
  return at - 1, matching(prefix, global_names())
end
