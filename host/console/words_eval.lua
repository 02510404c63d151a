-- words_eval.lua: one evaluation: Lua, a bare word, or words; and completion.
local S = ...

local pack, keywords = table.pack, S.keywords

-- Shows what came out. 'done' or 'error'.
local function finish(results)
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
  return 'done'
end

local function run(text, kind, results)
  local result = finish(results)
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

-- A name that means nothing, but is near to one that does.
local function hint(name)
  local names = {}
  for key in pairs(S.words) do names[#names + 1] = key end
  local nearest = not keywords[name] and S.nearest(name, names)
  if nearest then S.say("nothing is called '" .. name .. "'; did you mean '" .. nearest .. "'?", 'dim') end
end

local shadows = { live = true }

-- o3 in an expression is order 3, unless somebody has put something else there.
local function bind_orders(text)
  for name in text:gmatch('%f[%w_]o%d+_?%d*%f[^%w_]') do
    local order = rawget(_G, name) == nil and name ~= text and S.order_handle(name)
    if order then _G[name] = order end
  end
end

function S.eval(text)
  begin()
  text = text:gsub('%s+$', ''):gsub('^%c+', '')
  if not text:find('%S') then return 'done' end
  local name, rest = text:match('^%s*([%a_][%w_]*)%s*(.*)$')
  local key = name and (S.words[name] and name or S.words[name:lower()] and rawget(_G, name) == nil and name:lower())
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
      hint(name)
    end
    return run(text, 'expression', results)
  end
  local chunk, message, is_more = S.compile(text)
  if chunk then return run(text, 'statement', pack(chunk())) end
  if word and rest:find('^[^%s=.:,%[%({]') and not text:find('\n') then return in_words(key, rest) end
  if is_more then return 'more' end
  S.say('error: ' .. S.clean((message:gsub('^console:1: ', ''))), 'red')
  if name and not word then hint(name) end
  return 'error'
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

-- What may follow a verb or noun, for what is typed of it.
local function arguments_of(name, prefix, is_quoted)
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
  if type(value) == 'string' then add(string) end
  if type(value) == 'table' then pcall(add, value) end
  return names
end

local inner_libraries = { string = string, table = table, math = math, coroutine = coroutine, utf8 = utf8, size = size, log = log, live = live, account = account }

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
    local found = arguments_of(word, line:sub(at), false)
    if found then return at - 1, found end
  end
  local path, separator, at, prefix = line:match('([%a_][%w_.]*)([.:])()([%w_]*)$')
  if path then
    local value = resolve(path)
    return at - 1, value ~= nil and matching(prefix, keys_of(value, separator == ':')) or {}
  end
  local call, in_call, from = line:match('([%a_][%w_]*)%(%s*()([%w_./:]*)$')
  if call and takes_order[call] then return in_call - 1, arguments_of(call, from, false) end
  at, prefix = line:match('()([%a_][%w_]*)$')
  if line:find('^%s*$') then at, prefix = #line + 1, '' end
  if not at then return #line, {} end
  return at - 1, matching(prefix, global_names())
end
