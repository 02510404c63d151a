-- words_save.lua: what was typed and succeeded, written as a strategy that does the same at the same times.
local S = ...

local LOG_MAX = 2000

S.log = {}

-- Called after each evaluation. kind: 'define' changes globals only, 'act' has asked the host.
function S.note(text, kind)
  if #S.log < LOG_MAX then S.log[#S.log + 1] = { text = text, kind = kind, at = kind == 'act' and S.status().now_ns or nil } end
end

local keywords = {}
S.keywords = keywords
for name in ([[and break do else elseif end false for function goto if in local nil not or repeat return then true until while]]):gmatch('%a+') do
  keywords[name] = true
end

-- Identifiers that stand alone: no fields, no methods, nothing within text or comments.
local function names_in(text)
  local found = {}
  text = text:gsub('%-%-[^\n]*', ''):gsub("\\['\"\\]", ''):gsub("'[^'\n]*'", "''"):gsub('"[^"\n]*"', '""')
  for before, name, after in (' ' .. text .. ' '):gmatch('()([%a_][%w_]*)%s*()') do
    local left = (' ' .. text .. ' '):sub(1, before - 1):match('(%S)%s*$') or ''
    local next_two = (' ' .. text .. ' '):sub(after, after + 1)
    local is_key = next_two:sub(1, 1) == '=' and next_two ~= '==' and (left == '{' or left == ',')
    local is_part = (left == '.' and not (' ' .. text):sub(1, before - 1):find('%.%.%s*$')) or left == ':' or left:find('[%w_]') and false
    if not is_key and not is_part and not keywords[name] then found[name] = true end
  end
  return found
end
S.names_in = names_in

-- What a strategy's file has, or what the head of the saved file defines.
local allowed = { buy = true, sell = true, close = true, cancel_all = true, use = true, market = true, now = true, strategy = true, every = true, after = true }

local callbacks = { on_init = true, on_start = true, on_bar = true, on_quote = true, on_trade = true, on_book = true, on_fill = true, on_order = true, on_stop = true,
  on_venue_up = true, on_venue_down = true, on_venue_stale = true, on_resync = true }

-- Why a line cannot stand in a strategy, or nil.
local function why_not(text)
  for name in pairs(names_in(text)) do
    if S.words[name] and not allowed[name] then return "'" .. name .. "' is a word of the console only" end
  end
  local callback = text:match('function%s+(on_[%w_]*)') or text:match('^%s*(on_[%w_]*)%s*=')
  if callback and not callbacks[callback] then return "'" .. callback .. "' is no callback" end
  if text:find('close%s*%b()') and text:find('%%') then return 'a share of a position is of the console only' end
  if text:find(':%s*amend') then return 'amend is replace in a strategy' end
  if text:find(':%s*explain') then return 'explain is a word of the console only' end
  if not S.compile(text) then return 'it is no whole statement' end
end

local helpers = {
  { 'market', "local function market(symbol) return symbol == nil and m or symbol and markets[symbol:upper()] or error('no market ' .. tostring(symbol) .. ' in this run') end" },
  { 'use', 'local function use(symbol) m = nil m = market(symbol) end' },
  { 'buy', 'local function buy(qty, options) return trade("buy", qty, options) end' },
  { 'sell', 'local function sell(qty, options) return trade("sell", qty, options) end' },
  { 'close', 'local function close(symbol) return market(symbol):close() end' },
  { 'cancel_all', 'local function cancel_all(symbol) return market(symbol):cancel_all() end' },
}

local trade_helper = [[
local function trade(side, qty, options)
  local given = {}
  if type(qty) == "table" then qty, options = nil, qty end
  for key, value in pairs(options or {}) do given[key] = value end
  given.qty = qty or given.qty
  local where = market(given.symbol)
  given.symbol = nil
  local order, err = where[side](where, given)
  if not order then log.warn("%s is refused: %s", side, err.message) end
  return order, err
end]]

-- A line that fails, as one about an order that was refused this time, does not keep the others from being done.
local try_helper = [[
local function try(line)
  local is_good, why = pcall(line)
  if not is_good then log.warn("a line of act: %s", tostring(why)) end
end
]]

-- The globals that text assigns or defines.
local function defines(text, name)
  return text:find('function%s+' .. name .. '%s*%(') or text:find('^%s*' .. name .. '%s*=')
end

local function indent(text) return '  ' .. text:gsub('\n', '\n  ') end

local function commented(text, why) return '-- ' .. text:gsub('\n', '\n-- ') .. (why and '  -- ' .. why or '') end

local function assigned(text) return text:match('^%s*([%a_][%w_]*)%s*=[^=]') end

-- Into what stands at the head and what is done at its time. A plain line that uses what an act has made is done there too, in its
-- place; `_` is kept if a line asks for it.
local function sort_log()
  local top, acts, all, own, late = {}, {}, {}, {}, { _ = true }
  local uses_last, at = false, 0
  for _, entry in ipairs(S.log) do uses_last = uses_last or names_in(entry.text)._ ~= nil end
  for _, entry in ipairs(S.log) do
    local text, why, is_act = entry.text, why_not(entry.text), entry.kind == 'act'
    for name in pairs(names_in(text)) do is_act = is_act or late[name] and not text:find('^%s*function') end
    all[#all + 1] = why and '' or text
    at = entry.at or at
    if is_act then
      if assigned(text) then late[assigned(text)] = true end
      local is_value = uses_last and not why and S.compile('return ' .. text) ~= nil
      text = is_value and '_ = ' .. text or text
      acts[#acts + 1] = why and indent(commented(text, why)) or
        string.format('  { %d, function()%send }, -- %s', at, text:find('\n') and '\n' .. indent(indent(text)) .. '\n  ' or ' ' .. text .. ' ', S.from_ns(at))
    else
      top[#top + 1] = why and commented(text, why) or text
      if not why and defines(text, 'on_init') then own.on_init = true end
      if not why and defines(text, 'on_bar') then own.on_bar = true end
    end
  end
  return top, acts, table.concat(all, '\n'), own
end

-- What is done is counted in `state`, which a restart keeps: nothing is done twice.
local act_helper = [[
local function act()
  local time = now()
  if not state.shift then state.shift = math.max(0, time - acts[1][1]) end
  state.done = state.done or 0
  while state.done < #acts and acts[state.done + 1][1] + state.shift <= time do
    state.done = state.done + 1
    try(acts[state.done][2])
  end
end
]]

local function strategy_text(name)
  local top, acts, all, own = sort_log()
  local used, out = names_in(all), {}
  local function add(line) out[#out + 1] = line end
  if used.buy or used.sell or used.use or used.close or used.cancel_all then used.market = true end
  add('-- ' .. name .. '.lua: saved from the console. What was done by hand is done once, at the first bar that closes at its time or later;')
  add('-- on data that begin later, the first at the first bar and the others as long after it as they were.')
  if not used.strategy then add('strategy { name = "' .. name .. '", about = "saved from the console" }') end
  add('')
  add('local markets, m = {}, nil -- m: the first market of the run, or what use() named')
  for _, helper in ipairs(helpers) do
    if used[helper[1]] then
      if helper[1] == 'buy' or (helper[1] == 'sell' and not used.buy) then add(trade_helper) end
      add(helper[2])
    end
  end
  add('')
  for _, line in ipairs(top) do add(line) end
  if own.on_init then add('local own_on_init = on_init') end
  add('\nfunction on_init(market_of_run)\n  markets[market_of_run.symbol:upper()] = market_of_run\n  m = m or market_of_run')
  add((own.on_init and '  own_on_init(market_of_run)\n' or '') .. 'end')
  if #acts > 0 then
    add('\n' .. try_helper)
    add('-- nanoseconds UTC, and what was done then')
    add('local acts = {')
    for _, line in ipairs(acts) do add(line) end
    add('}\n')
    add(act_helper)
    if own.on_bar then add('local own_on_bar = on_bar') end
    add('function on_bar(market_of_bar, bar)\n  if #acts > 0 then act() end')
    add((own.on_bar and '  own_on_bar(market_of_bar, bar)\n' or '') .. 'end')
  end
  return table.concat(out, '\n') .. '\n'
end
S.strategy_text = strategy_text

S.word('Console', 'save', "save('x.lua', [{ overwrite = true }])", 'Writes what was typed and succeeded as a strategy file.', "save('mine.lua')", function(file, options)
  if type(file) ~= 'string' then S.wrong("save: found %s, expected a file name: save('mine.lua')", file == nil and 'nothing' or S.text(file)) end
  if #S.log == 0 then return nil, { code = 'NOTHING', message = 'nothing was done yet that a strategy could do', definitive = true } end
  local name = file:gsub('^.*/', ''):gsub('%.lua$', '')
  local text = strategy_text((name:gsub('[^%w_-]', '_')))
  local is_good, why = S.compile(text)
  if not is_good then return nil, { code = 'NOT_SAVED', message = 'what was typed makes no whole file: ' .. S.text(why), definitive = true } end
  local path, message = S.write_file(file, text, type(options) == 'table' and options.overwrite or options == 'overwrite')
  if not path then return nil, { code = 'NOT_SAVED', message = message, definitive = true } end
  S.say(string.format('%s: %d lines typed are a strategy now; try: outcry backtest %s DATA', file, #S.log, file))
end)
