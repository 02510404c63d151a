-- words_watch.lua: words that go on until Ctrl-C, alerts, and the session's own control.
local S = ...
local word = S.word

---- watch and tail ----

local function turn(fn)
  local sink = {}
  S.sink = sink
  local results = table.pack(pcall(fn))
  S.sink = nil
  local value, err = results[2], results[3]
  if not results[1] then error(value, 0) end
  if value == nil and type(err) == 'table' and err.code then return nil, err end
  if value ~= nil and value ~= S.quiet then sink[#sink + 1] = S.show(value) end
  return table.concat(sink)
end

local function watched(what)
  if type(what) == 'function' then return what, 'watch' end
  if type(what) == 'table' and getmetatable(what) and getmetatable(what).is_market then
    return function() return S.words.ticker.fn(what.symbol) end, what.symbol
  end
  if type(what) ~= 'string' then S.wrong("watch what? expected a word or a function: watch ticker, or watch(function() return m.last end)") end
  local name, rest = what:match('^%s*([%a_]+)%s*(.-)%s*$')
  name = name and name:lower()
  local key
  if name then key, rest = S.spell(name, rest) end
  local value = not key and S.compile('return ' .. what)
  if value then return value, what end
  name = key
  if not name or not S.words[name].fn or name == 'watch' or name == 'tail' then
    S.wrong("watch: found '%s', expected a word such as ticker, orders, positions, chart, or an expression", what)
  end
  return function()
    if rest == '' then return S.words[name].fn() end
    return select(2, S.call_in_words(name, rest))
  end, what
end

-- Above what was drawn before, if the terminal can; else below it.
local function redraw(text, lines_before)
  local _, rows, has_colour = S.screen()
  local _, lines = text:gsub('\n', '')
  if rows > 0 and has_colour and lines_before > 0 then text = '\27[' .. lines_before .. 'A\27[J' .. text end
  S.out(text)
  return lines
end

word('Console', 'watch', 'watch(word or function, [seconds], [{ times = n }])', 'Repeats a noun in place until Ctrl-C.', 'watch ticker', function(what, ...)
  local seconds, times, extra = 1, nil, {}
  for _, option in ipairs { ... } do
    if type(option) == 'number' then seconds = option
    elseif type(option) == 'table' then times, seconds = option.times or times, option.every or seconds
    else extra[#extra + 1] = S.text(option) end
  end
  if type(what) == 'string' and #extra > 0 then what = what .. ' ' .. table.concat(extra, ' ') end
  local fn = watched(what)
  local _, rows, _, _, has_person = S.screen()
  if not times and not (has_person and rows > 0) then times = 1 end -- nobody could press Ctrl-C
  local lines, done = 0, 0
  while true do
    S.begin_turn()
    local text, err = turn(fn)
    if not text then return nil, err end
    if rows > 4 then text = S.cut_lines(text, rows - 2) end
    lines, done = redraw(text, lines), done + 1
    if times and done >= times then return end
    S.sleep(math.max(50, math.floor(seconds * 1000)))
  end
end)

function S.cut_lines(text, most)
  local count = 0
  for at in text:gmatch('()\n') do
    count = count + 1
    if count == most then return text:sub(1, at) end
  end
  return text
end

word('Console', 'tail', 'tail([n])', 'The last things that were told (fills, orders, alerts, logs), then what comes, until Ctrl-C.', 'tail 20', function(n)
  local _, rows, _, _, has_person = S.screen()
  while S.hear() do end
  for _, line in ipairs(S.told(type(n) == 'number' and math.max(0, math.floor(n)) or 10)) do S.say(line) end
  if not has_person or rows == 0 then return end
  while true do
    S.begin_turn()
    local line = S.hear()
    if line then S.say(line) else S.sleep(50) end
  end
end)

---- timers ----

local timers, numbers, TIMERS_MAX = {}, 0, 64

local function set_timer(name, duration, what, is_repeated)
  local ns = type(duration) == 'string' and S.to_duration(duration)
  if not ns then S.wrong("%s: found %s, expected a duration such as 30s, 5m or 1h: %s 5m pnl", name, duration == nil and 'nothing' or "'" .. S.text(duration) .. "'", name) end
  if type(what) ~= 'function' and (type(what) ~= 'string' or what == '') then
    S.wrong("%s: after '%s': found %s, expected a function, or words to be done: %s 5m pnl", name, duration, what == nil and 'nothing' or S.text(what), name)
  end
  if #timers == TIMERS_MAX then S.wrong('%s: %d timers run: drop one first, as in %s drop %d', name, TIMERS_MAX, name, timers[1].number) end
  local now_ns = S.status().now_ns or 0
  numbers = numbers + 1
  local timer = { number = numbers, each_ns = is_repeated and ns or nil, due_ns = is_repeated and (now_ns // ns + 1) * ns or now_ns + ns,
    what = type(what) == 'string' and what or 'a function', fn = what, period = duration }
  timers[#timers + 1] = timer
  S.timers_run(#timers)
  S.acts = S.acts + (type(what) == 'function' and 1 or 0)
  return numbers
end

local function drop_timer(name, number)
  for i, timer in ipairs(timers) do
    if timer.number == tonumber(number) then
      table.remove(timers, i)
      S.timers_run(#timers)
      S.say('timer ' .. timer.number .. ' is dropped')
      return S.said_already(timer.number)
    end
  end
  return nil, { code = 'NO_TIMER', message = 'there is no such timer: see timers', definitive = true }
end

local function timer_word(name, about, example, is_repeated)
  word('Console', name, name .. "('5m', function or words)", about, example, function(duration, ...)
    if duration == 'drop' then return drop_timer(name, (...)) end
    local what = ...
    if type(what) ~= 'function' and select('#', ...) > 0 then
      local parts = { ... }
      for i, part in ipairs(parts) do parts[i] = S.text(part) end
      what = table.concat(parts, ' ')
    end
    local number = set_timer(name, duration, what, is_repeated)
    S.say(string.format('timer %d: %s %s: %s', number, name, duration, timers[#timers].what))
    return S.said_already(number)
  end)
end
timer_word('every', "Does something again and again, at whole multiples of the duration in the session's time, while this console is there; every('drop', n) ends it.",
  'every 5m pnl', true)
timer_word('after', "Does something once, that long from now in the session's time, while this console is there; after('drop', n) takes it back.", 'after 30s cancel_all', false)

word('Console', 'timers', 'timers()', 'What every and after will do, and when.', 'timers', function()
  local rows = {}
  S.note_day()
  for i, timer in ipairs(timers) do
    rows[i] = { number = timer.number, when = (timer.each_ns and 'every ' or 'once, ') .. timer.period, due = S.clock(S.from_ns(timer.due_ns)), what = timer.what }
  end
  return S.table_of(rows, { { 'number', 'number', right = true }, { 'when', 'when' }, { 'next', 'due' }, { 'what', 'what' } }, 'no timers')
end)

-- Does what is due. What fails is said, and its timer ends.
function S.tick()
  local now_ns = #timers > 0 and S.status().now_ns
  if not now_ns then return end
  for i = #timers, 1, -1 do
    local timer = timers[i]
    if timer and timer.due_ns <= now_ns then
      if timer.each_ns then timer.due_ns = (now_ns // timer.each_ns + 1) * timer.each_ns else table.remove(timers, i) end
      S.asks, S.acts, S.said, S.quiet = 0, 0, nil, nil
      local is_good, result = pcall(function()
        if type(timer.fn) == 'function' then return timer.fn(timer.due_ns) end
        return S.eval_once(timer.fn)
      end)
      if not is_good or result == 'error' then
        if not is_good then S.say('timer ' .. timer.number .. ': error: ' .. S.clean((S.text(result):gsub('^console:1: ', ''))), 'red') end
        for k, other in ipairs(timers) do if other == timer then table.remove(timers, k) end end
        S.say('timer ' .. timer.number .. ' has ended', 'red')
      end
    end
  end
  S.timers_run(#timers)
end

---- alerts ----

word('Console', 'alert', "alert([symbol], ['position'], '>' or '<', number)",
  "Tells once when a price, or what is held, is passed: here, and by the channels of alerts; alert('drop', n) takes it back.", 'alert BTC/USDT > 61000', function(...)
  local parts = { ... }
  if parts[1] == 'drop' then
    local answer, err = S.ask('alert', 'drop', parts[2] or '')
    if not answer then return nil, err end
    S.say('alert ' .. S.text(answer.dropped or parts[2]) .. ' is dropped')
    return
  end
  if parts[1] == '>' or parts[1] == '<' or parts[1] == 'position' then table.insert(parts, 1, S.default) end
  local of = parts[2] == 'position' and table.remove(parts, 2) or nil
  local info, err = S.info(parts[1])
  if not info then return nil, err end
  if parts[2] ~= '>' and parts[2] ~= '<' then S.wrong("alert: found %s, expected > or <: alert BTC/USDT > 61000", parts[2] == nil and 'nothing' or "'" .. S.text(parts[2]) .. "'") end
  if not tonumber(parts[3]) then S.wrong("alert: after '%s': found %s, expected a price", parts[2], parts[3] == nil and 'nothing' or "'" .. S.text(parts[3]) .. "'") end
  local answer, why
  if of then answer, why = S.ask('alert', info.symbol, of, parts[2], parts[3]) else answer, why = S.ask('alert', info.symbol, parts[2], parts[3]) end
  if not answer then return nil, why end
  S.say(string.format('alert %s: %s%s %s %s', S.text(answer.number), info.symbol, of and ' position' or '', parts[2],
    of and S.qty(info, tonumber(parts[3])) or S.price(info, tonumber(parts[3]))))
end)

word('Console', 'alerts', 'alerts()', 'The alerts that wait or have fired.', 'alerts', function()
  local rows, err = S.list(200, 'alerts')
  if not rows then return nil, err end
  S.note_day()
  return S.table_of(rows, { { 'number', 'number', right = true }, { 'symbol', 'symbol' }, { 'of', 'of', drop = 2 }, { 'when', 'operator' },
    { 'at', 'price', right = true, get = function(r)
      return r.of == 'position' and S.qty(S.info(r.symbol), r.price) or S.price(S.info(r.symbol), r.price)
    end },
    { 'state', 'state', colour = function(r) return r.state == 'fired' and 'yellow' or nil end },
    { 'fired', 'fired', get = function(r) return S.clock(r.fired) end } }, 'no alerts')
end)

---- the session ----

local function told_state(s, err)
  if not s then return nil, err end
  local state = s.ended and 'ended' or s.paused and 'paused' or 'running'
  local info = S.info(s.instrument or S.default)
  S.say(string.format('%s at %s%s', state, (s.now or ''):sub(1, 23), s.last and ', ' .. info.symbol .. ' ' .. S.price(info, s.last) or ''))
  return S.said_already(S.shown(s, S.words.status and function(v) return S.text(v.now) .. ' ' .. state .. '\n' end))
end

local function control(...)
  S.acts = S.acts + 1
  return told_state(S.ask(...))
end

word('Session', 'pause', 'pause()', 'The session stands still (fed sessions).', 'pause', function() return control('pause') end)
word('Session', 'go', 'go()', 'The session goes on.', 'go', function() return control('go') end)

local steps = { events = true, orders = true, fills = true }
word('Session', 'step', "step([n], ['events', 'orders' or 'fills']) or step(time)", 'Runs so far, then pauses.', 'step 10 fills, step 1h', function(n, what)
  if type(n) == 'number' and type(what) == 'string' and not steps[what] then n, what = S.number(n) .. what, nil end
  if type(n) == 'string' and not n:find('^%d') then n, what = 1, n end
  return control('step', n or 1, what)
end)

word('Session', 'speed', "speed(x or 'max')", 'How fast the feed runs: 1 is as it was.', 'speed 60', function(x)
  if x == nil then S.wrong("speed how? expected a number or max: speed 60") end
  return control('speed', type(x) == 'number' and S.number(x) .. 'x' or x)
end)

word('Session', 'reconcile', 'reconcile([venue])', 'A venue is compared with what is known, now (sessions at a venue).', 'reconcile', function(venue) return control('reconcile', venue) end)

word('Session', 'until_fill', 'until_fill()', 'Runs to the next fill, then pauses.', 'until_fill', function() return control('until_fill') end)

word('Session', 'to', 'to(time or order)', 'Replay: goes to that time, or to where the order was made, forwards or back.', 'to 2026-01-31T12:00', function(time, clock)
  if time == nil then S.wrong('to when? expected a time or an order: to 2026-01-31T12:00, to o3') end
  if type(time) == 'table' then time = S.id_of(time) end
  return control('to', clock and S.text(time) .. 'T' .. S.text(clock) or math.type(time) == 'integer' and S.from_ns(time) or time)
end)

word('Session', 'back', "back([n], ['events', 'orders' or 'fills'])", 'Replay: goes back so far.', 'back 1 fills', function(n, what)
  if type(n) == 'string' and not tonumber(n) then n, what = 1, n end
  return control('back', n or 1, what)
end)

local histories = { orders = true, fills = true, trades = true, positions = true, pnl = true, sessions = true, transactions = true }

word('Session', 'history', 'history([what], [filter=value], ...)', 'Over all sessions of this machine: orders, fills, trades, positions, pnl, sessions, transactions.', 'history fills side=buy limit=20', function(what, ...)
  local words = { what or 'sessions' }
  if not histories[words[1]] then
    S.wrong('history: expected orders, fills, trades, positions, pnl, sessions or transactions, and filters: history fills side=buy limit=20')
  end
  for i = 1, select('#', ...) do
    local filter = tostring((select(i, ...)))
    local name, value = filter:match('^%-*([%a]+)=(.*)$')
    if not name then S.wrong('history: expected a filter such as side=buy, found %s', filter) end
    words[#words + 1] = '--' .. name .. '=' .. value
  end
  local text, why = S.history(table.unpack(words))
  if not text then return nil, { code = 'NO_HISTORY', message = S.clean(why), definitive = true } end
  S.page(S.clean(text))
end)

word('Session', 'diff', 'diff(session_a, session_b)', 'Where the orders of two recorded sessions part.', "diff('runs/a', 'runs/b')", function(a, b)
  if type(a) ~= 'string' or type(b) ~= 'string' then S.wrong('diff: expected two session folders: diff runs/a runs/b') end
  local text, why = S.diff(a, b)
  if not text then return nil, { code = 'NO_DIFF', message = why, definitive = true } end
  S.page(S.clean(text) .. (text:sub(-1) == '\n' and '' or '\n'))
end)
