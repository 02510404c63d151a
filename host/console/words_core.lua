-- words_core.lua: what every word stands on: asking, numbers and times as text, colours, tables.
-- S holds the C functions of shell_ask.c and shell_host.c; nothing that is typed can reach it.
local S = ...

S.words = {}       -- name -> { name, group, usage, about, example, fn }
S.groups = { 'Look', 'Trade', 'Money', 'Session', 'Strategies', 'Live', 'Console' }
S.asks, S.acts = 0, 0

function S.word(group, name, usage, about, example, fn)
  S.words[name] = { name = name, group = group, usage = usage, about = about, example = example, fn = fn }
  if fn then S.constant(name, fn) end
end

-- Raises at the line that was typed.
function S.wrong(format, ...) error(select('#', ...) > 0 and string.format(format, ...) or format, 0) end

---- asking ----

local ask = S.ask
function S.ask(...)
  S.asks = S.asks + 1
  return ask(...)
end

-- All rows up to `limit`, page by page. FROM is the field after those given. A row with an id is listed once.
function S.list(limit, ...)
  local fields, rows, from, seen = table.pack(...), {}, 0, {}
  while true do
    fields[fields.n + 1] = from
    local page, err = S.ask(table.unpack(fields, 1, fields.n + 1))
    if not page then return nil, err end
    for _, row in ipairs(page.rows or {}) do
      if #rows == limit then return rows, page end
      if not row.id or not seen[row.id] then rows[#rows + 1] = row end
      if row.id then seen[row.id] = true end
    end
    if not page.next or page.next == from then return rows, page end
    from = page.next
  end
end

-- What a host says of configured rules that it does not have.
function S.missing_words(names)
  return 'takes cancels and reductions only: ' .. (names:find(' ') and 'rules ' .. names .. ' are' or 'rule ' .. names .. ' is') .. ' missing'
end

function S.status() return S.ask('status') or {} end

---- colours ----

local codes = { red = '31', green = '32', dim = '2', bold = '1', yellow = '33', live = '1;37;41' }

function S.paint(colour, text)
  local _, _, has_colour = S.screen()
  if not has_colour or not colour or text == '' then return text end
  return '\27[' .. codes[colour] .. 'm' .. text .. '\27[0m'
end

function S.width(text) return utf8.len(text) or #text end

local function bare(text) return (text:gsub('\27%[[%d;]*m', '')) end
S.bare = bare

-- The first `size` characters.
function S.cut(text, size)
  local width = utf8.len(text)
  if not width then return text:sub(1, size) end
  if width <= size then return text end
  if size < 2 then return text:sub(1, (utf8.offset(text, size + 1) or #text + 1) - 1) end
  local _, _, _, has_braille = S.screen()
  return text:sub(1, utf8.offset(text, size) - 1) .. (has_braille and '…' or '~')
end

-- Colours stay; nothing else of a control character reaches the terminal.
function S.clean(text)
  text = text:gsub('[%c\127]', function(c) return (c == '\n' or c == '\27') and c or ' ' end)
  text = text:gsub('\27(%[?[%d;]*%a?)', function(tail) return not tail:find('^%[[%d;]*m$') and ' ' .. tail or nil end)
  return (text:gsub('\xc2[\x80-\x9f]', ' '))
end

---- numbers ----

local function fixed(x, digits) return string.format('%.' .. math.max(0, math.min(digits, 12)) .. 'f', x) end

function S.comma(text)
  local sign, whole, rest = text:match('^([+-]?)(%d+)(.*)$')
  if not whole then return text end
  whole = whole:reverse():gsub('(%d%d%d)', '%1,'):reverse():gsub('^,', '')
  if not (whole .. rest):find('[1-9]') then sign = '' end
  return sign .. whole .. rest
end

-- Trailing zeros off, but `least` digits stay.
local function trim(text, least)
  local whole, part = text:match('^(.-)%.(%d+)$')
  if not whole then return text end
  while #part > least and part:sub(-1) == '0' do part = part:sub(1, -2) end
  return part == '' and whole or whole .. '.' .. part
end

function S.fixed(x, digits) return x and S.comma(fixed(x, digits)) or '' end

function S.price(info, x)
  if not x then return '' end
  return S.comma(fixed(x, info and info.price_digits or 8))
end

function S.qty(info, x)
  if not x then return '' end
  local digits = info and info.qty_digits or 8
  return S.comma(trim(fixed(x, digits), math.min(4, digits)))
end

-- Two digits, more for what is small.
function S.money(x)
  if not x then return '' end
  local digits, size = 2, math.abs(x)
  while size > 0 and digits < 8 and size * 10 ^ digits < 10 do digits = digits + 1 end
  return S.comma(fixed(x, digits))
end

function S.signed(x)
  if not x then return '' end
  local text = S.money(x)
  return x > 0 and text:find('[1-9]') and '+' .. text or text
end

function S.percent(share, digits) return share and string.format('%+.' .. (digits or 1) .. 'f%%', share * 100) or '' end

function S.any(x)
  if x == nil then return '' end
  if type(x) == 'number' then
    if math.type(x) == 'integer' then return S.comma(tostring(x)) end
    return x ~= 0 and math.abs(x) < 1e-6 and string.format('%.6g', x) or S.comma(trim(fixed(x, 8), 0))
  end
  return S.text(x)
end

function S.profit_colour(x) return x and (x < 0 and 'red' or x > 0 and 'green') or nil end
function S.side_colour(side) return side and (side:upper() == 'BUY' or side == 'long') and 'green' or side and 'red' end

---- times ----

-- Of the session's day only the clock is shown. `today` is the text of status.now.
function S.clock(text)
  if not text then return '' end
  if S.today and text:sub(1, 10) == S.today:sub(1, 10) then return text:sub(12, 19) end
  return text:sub(1, 10) .. ' ' .. text:sub(12, 16)
end

-- What rounds to 60s is 1m.
function S.duration(ns)
  local units = { { 86400e9, 'd' }, { 3600e9, 'h' }, { 60e9, 'm' }, { 1e9, 's' }, { 1e6, 'ms' } }
  for _, unit in ipairs(units) do
    if ns >= unit[1] * 0.9995 then return trim(fixed(ns / unit[1], 1), 0) .. unit[2] end
  end
  return string.format('%dns', math.tointeger(ns) or 0)
end

---- tables ----

local function cells_of(columns, rows)
  local cells = {}
  for r, row in ipairs(rows) do
    cells[r] = {}
    for c, column in ipairs(columns) do
      local value = row[column[2]]
      if column.get then value = column.get(row) end
      local text = type(value) == 'string' and value or S.any(value)
      cells[r][c] = S.clean(text):gsub('\n', ' ')
    end
  end
  return cells
end

-- Drops the least important columns, then cuts the widest text, until a line fits.
local function fit(columns, widths, limit)
  local shown = {}
  for c in ipairs(columns) do shown[c] = c end
  local function total()
    local sum = -2
    for _, c in ipairs(shown) do sum = sum + widths[c] + 2 end
    return sum
  end
  while total() > limit and #shown > 1 do
    local worst
    for i, c in ipairs(shown) do
      local drop = columns[c].drop
      if drop and (not worst or drop > columns[shown[worst]].drop) then worst = i end
    end
    if not worst then break end
    table.remove(shown, worst)
  end
  while total() > limit do
    local widest
    for _, c in ipairs(shown) do
      if not columns[c].right and widths[c] > 6 and (not widest or widths[c] > widths[widest]) then widest = c end
    end
    if not widest then break end
    widths[widest] = widths[widest] - 1
  end
  while total() > limit and #shown > 1 do table.remove(shown) end
  return shown
end

-- columns: lists { title, key, right = bool, get = function(row), drop = number, colour = function(row) }.
function S.grid(columns, rows)
  local screen = S.screen()
  local cells, widths = cells_of(columns, rows), {}
  for c, column in ipairs(columns) do
    widths[c] = S.width(column[1])
    for r in ipairs(rows) do widths[c] = math.max(widths[c], S.width(cells[r][c])) end
  end
  local shown, lines = fit(columns, widths, screen), {}
  local function line(texts, colours)
    local parts = {}
    for i, c in ipairs(shown) do
      local text = S.cut(texts[c], widths[c])
      local gap = string.rep(' ', widths[c] - S.width(text))
      text = S.paint(colours(c), text)
      if columns[c].right then text = gap .. text elseif i < #shown then text = text .. gap end
      parts[#parts + 1] = text
    end
    lines[#lines + 1] = table.concat(parts, '  '):gsub('%s+$', '')
  end
  local titles = {}
  for c, column in ipairs(columns) do titles[c] = column[1] end
  line(titles, function() return 'dim' end)
  for r, row in ipairs(rows) do
    line(cells[r], function(c) return columns[c].colour and columns[c].colour(row) end)
  end
  return table.concat(lines, '\n') .. '\n'
end

-- Two columns: names and values. pairs: a list of { name, text, colour }.
function S.card(entries)
  local width, lines = 0, {}
  for _, entry in ipairs(entries) do
    if entry[2] and entry[2] ~= '' then width = math.max(width, #entry[1]) end
  end
  for _, entry in ipairs(entries) do
    if entry[2] and entry[2] ~= '' then
      local name = entry[1] .. string.rep(' ', width - #entry[1] + 2)
      lines[#lines + 1] = S.paint('dim', name) .. S.paint(entry[3], S.clean(entry[2]))
    end
  end
  return table.concat(lines, '\n') .. '\n'
end

-- Breaks text at spaces so that it fits, each line after `indent`.
function S.wrap(text, indent)
  local columns, lines, line = S.screen(), {}, ''
  for word in text:gmatch('%S+') do
    if line ~= '' and #indent + #line + 1 + #word > columns then
      lines[#lines + 1], line = indent .. line, word
    else
      line = line == '' and word or line .. ' ' .. word
    end
  end
  if line ~= '' then lines[#lines + 1] = indent .. line end
  return table.concat(lines, '\n') .. '\n'
end

---- values ----

-- A value that shows itself: `show` gives its text.
function S.shown(value, show)
  return setmetatable(value, { __show = show, __tostring = function(v) return (S.bare(show(v)):gsub('\n$', '')) end })
end

local ENTRIES_MAX, DEPTH_MAX, LINE_MAX = 100, 4, 76

local dump
local function dump_key(key)
  if type(key) == 'string' and key:find('^[%a_][%w_]*$') then return key .. ' = ' end
  return '[' .. (type(key) == 'string' and string.format('%q', key) or S.text(key)) .. '] = '
end

local function dump_table(value, depth, indent)
  local parts, count, list, size = {}, 0, #value, 0
  for key, member in pairs(value) do
    count = count + 1
    if count > ENTRIES_MAX then
      parts[#parts + 1] = '...'
      break
    end
    local is_next = math.type(key) == 'integer' and key >= 1 and key <= list
    parts[#parts + 1] = (is_next and '' or dump_key(key)) .. dump(member, depth + 1, indent .. '  ')
    size = size + #parts[#parts] + 2
  end
  if count == 0 then return '{}' end
  if size + #indent < LINE_MAX and not table.concat(parts):find('\n') then return '{ ' .. table.concat(parts, ', ') .. ' }' end
  return '{\n' .. indent .. '  ' .. table.concat(parts, ',\n' .. indent .. '  ') .. '\n' .. indent .. '}'
end

function dump(value, depth, indent)
  if type(value) == 'string' then
    return depth == 0 and value or '"' .. value:sub(1, 200):gsub('[%c"\\]', function(c)
      return c == '\n' and '\\n' or (c == '"' or c == '\\') and '\\' .. c or string.format('\\%d', c:byte())
    end) .. (#value > 200 and '...' or '') .. '"'
  end
  if type(value) ~= 'table' then return S.text(value) end
  local meta = getmetatable(value)
  if type(meta) == 'table' and meta.__tostring then return S.text(value) end
  if depth >= DEPTH_MAX then return '{...}' end
  local is_good, text = pcall(dump_table, value, depth, indent)
  return is_good and text or S.text(value)
end

-- The text of a value for a person; nil for nil.
function S.show(value)
  if value == nil then return nil end
  local meta = type(value) == 'table' and getmetatable(value)
  if type(meta) == 'table' and type(meta.__show) == 'function' then return meta.__show(value) end
  return S.clean(dump(value, 0, '')) .. '\n'
end

---- out ----

-- While `sink` is a list, what is written goes there: watch() draws it at once.
function S.out(text)
  if S.sink then
    S.sink[#S.sink + 1] = text
  else
    S.write(text)
  end
end

function S.say(text, colour) S.out(S.paint(colour, text) .. '\n') end

-- Shows a screen at a time, if there is a screen and a person.
function S.page(text)
  local _, rows, _, _, has_person = S.screen()
  if S.sink or rows < 4 or not has_person then return S.out(text) end
  local start, lines = 1, 0
  for at in text:gmatch('()\n') do
    lines = lines + 1
    if lines == rows - 1 and at < #text then
      S.write(text:sub(start, at))
      start, lines = at + 1, 0
      if not S.confirm('-- more (Enter, q) --') then return end
    end
  end
  S.out(text:sub(start))
end

S.constant('print', function(...)
  local parts = table.pack(...)
  for i = 1, parts.n do parts[i] = S.text(parts[i]) end
  S.out(table.concat(parts, '\t', 1, parts.n) .. '\n')
end)

S.constant('ask', S.ask)

function S.count(n, what) return string.format('%d %s%s', n, what, n == 1 and '' or 's') end

-- Says a refusal once. Returns nil, err.
function S.refused(err)
  if S.said ~= err then
    local text
    if err.rule then
      local numbers = err.used and (err.used ~= 0 or err.limit ~= 0)
      text = string.format('refused: %s by %s%s', err.code, err.rule,
        numbers and ': ' .. S.any(err.used) .. ' against a limit of ' .. S.any(err.limit) or '')
      if err.order then text = text .. ' (' .. err.order .. ')' end
    else
      text = string.format('%s%s: %s', S.acts > 0 and 'refused: ' or '', err.code or 'error', err.message or 'no reason was given')
    end
    S.say(S.clean(text), 'red')
  end
  S.said = err
  return nil, err
end
