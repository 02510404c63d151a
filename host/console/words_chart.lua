-- words_chart.lua: candles in braille dots, or in | and #, with a price axis, a time axis and own fills.
local S = ...

local ROWS_MAX, COLUMNS_MAX, BARS_MAX = 20, 240, 1024
local left_dots = { 0x01, 0x02, 0x04, 0x40 }
local right_dots = { 0x08, 0x10, 0x20, 0x80 }

local function arguments(...)
  local symbol, period, count
  for _, value in ipairs { ... } do
    if math.type(value) == 'integer' then count = value
    elseif type(value) == 'table' and value.symbol then symbol = value.symbol
    elseif type(value) == 'string' and (value == 'data' or value:find('^%d+%a+$')) then period = value
    elseif type(value) == 'string' and value:find('/') then symbol = value
    else S.wrong("chart: found '%s', expected a symbol, a period such as 1m, or a count: chart BTC/USDT 1m 60", S.text(value)) end
  end
  return symbol, period, count
end

local function bounds(bars)
  local low, high = math.huge, -math.huge
  for _, bar in ipairs(bars) do
    high, low = math.max(high, bar[3]), math.min(low, bar[4])
  end
  if high == low then
    local pad = math.max(math.abs(high) * 1e-4, 1e-8)
    high, low = high + pad, low - pad
  end
  return low, high
end

-- `levels` steps between high (0) and low.
local function scale(low, high, levels)
  return function(price)
    local y = math.floor((high - price) / (high - low) * (levels - 1) + 0.5)
    return math.max(0, math.min(levels - 1, y))
  end
end

local function braille_cell(row, wick_top, wick_bottom, body_top, body_bottom)
  local bits = 0
  for dot = 1, 4 do
    local y = row * 4 + dot - 1
    if y >= wick_top and y <= wick_bottom then bits = bits | left_dots[dot] end
    if y >= body_top and y <= body_bottom then bits = bits | left_dots[dot] | right_dots[dot] end
  end
  return bits == 0 and ' ' or utf8.char(0x2800 + bits)
end

local function plain_cell(row, wick_top, wick_bottom, body_top, body_bottom)
  if row >= body_top and row <= body_bottom then return '#' end
  return row >= wick_top and row <= wick_bottom and '|' or ' '
end

-- cells[row][column] = { text, colour }
local function draw(bars, rows, low, high, has_braille)
  local y = scale(low, high, has_braille and rows * 4 or rows)
  local cell = has_braille and braille_cell or plain_cell
  local cells = {}
  for row = 1, rows do cells[row] = {} end
  for column, bar in ipairs(bars) do
    local open, close = y(bar[2]), y(bar[5])
    local colour = bar[5] >= bar[2] and 'green' or 'red'
    for row = 1, rows do
      cells[row][column] = { cell(row - 1, y(bar[3]), y(bar[4]), math.min(open, close), math.max(open, close)), colour }
    end
  end
  return cells
end

local function mark_fills(cells, bars, info, rows, low, high, period_ns, has_braille)
  local fills = S.list(200, 'fills')
  local y = scale(low, high, rows)
  for _, fill in ipairs(fills or {}) do
    local at = fill.symbol == info.symbol and (fill.time_ns or S.to_ns(fill.time or '')) or nil
    for column = #bars, 1, -1 do
      if at and at >= bars[column][1] then
        if at < bars[column][1] + period_ns * (column == #bars and 2 or 1) then
          local is_buy = fill.side:upper() == 'BUY'
          local mark = has_braille and (is_buy and '▲' or '▼') or (is_buy and '^' or 'v')
          cells[y(math.max(low, math.min(high, fill.price))) + 1][column] = { mark, 'yellow' }
        end
        break
      end
    end
  end
end

local function row_text(cells, columns)
  local _, _, has_colour = S.screen()
  local parts, colour = {}, nil
  for column = 1, columns do
    local cell = cells[column]
    local wanted = cell[1] ~= ' ' and has_colour and cell[2] or nil
    if wanted ~= colour then
      parts[#parts + 1] = colour and '\27[0m' or ''
      parts[#parts + 1] = wanted and S.paint(wanted, 'x'):match('^(.-)x') or ''
      colour = wanted
    end
    parts[#parts + 1] = cell[1]
  end
  return table.concat(parts) .. (colour and '\27[0m' or '')
end

local function time_axis(bars, period_ns)
  local line, next_free = '', 0
  for column = 1, #bars, 1 do
    local text = S.from_ns(bars[column][1])
    local label = period_ns >= 86400e9 and text:sub(6, 10) or period_ns < 60e9 and text:sub(12, 19) or text:sub(12, 16)
    if column - 1 >= next_free and (column == 1 or column - 1 + #label <= #bars) then
      line = line .. string.rep(' ', column - 1 - #line) .. label
      next_free = column - 1 + math.max(#label + 4, #bars // 5)
    end
  end
  return line
end

local function collect(info, period, count)
  local bars, from, period_ns = {}, 0, nil
  while #bars < count do
    local page, err = S.ask('bars', info.symbol, period, count, from)
    if not page then return nil, err end
    period_ns = page.period_ns
    for _, row in ipairs(page.rows) do bars[#bars + 1] = row end
    if not page.next or page.next == from or #page.rows == 0 then break end
    from = page.next
  end
  return bars, period_ns
end

local function draw_chart(c)
  local columns, screen_rows, _, has_braille = S.screen()
  local rows = math.max(5, math.min(ROWS_MAX, screen_rows > 0 and screen_rows - 5 or 15))
  local bars, info = c.bars, c.info
  if #bars == 0 then return S.paint('dim', 'no bars yet') .. '\n' end
  local low, high = bounds(bars)
  local axis = math.max(#S.price(info, low), #S.price(info, high)) + 1
  local room = math.max(4, math.min(columns, COLUMNS_MAX) - axis)
  if #bars > room then bars = { table.unpack(bars, #bars - room + 1) } end
  low, high = bounds(bars)
  local cells = draw(bars, rows, low, high, has_braille)
  mark_fills(cells, bars, info, rows, low, high, c.period_ns, has_braille)
  local labels = rows >= 15 and 5 or rows >= 9 and 4 or 3
  local at = {}
  for i = 0, labels - 1 do at[math.floor(i * (rows - 1) / (labels - 1) + 0.5) + 1] = true end
  local head = string.format('%s %s  %s', info.symbol, S.duration(c.period_ns), S.count(#bars, 'bar'))
  local last = bars[#bars][5]
  local lines = { S.paint('dim', S.cut(head .. '  last ' .. S.price(info, last) .. '  ' .. S.percent(bars[1][2] ~= 0 and (last - bars[1][2]) / bars[1][2] or 0, 2), columns)) }
  for row = 1, rows do
    local price = high - (row - 1) / (rows - 1) * (high - low)
    local label = at[row] and S.price(info, price) or ''
    lines[#lines + 1] = row_text(cells[row], #bars) .. S.paint('dim', string.rep(' ', axis - #label) .. label)
  end
  lines[#lines + 1] = S.paint('dim', time_axis(bars, c.period_ns))
  return table.concat(lines, '\n') .. '\n'
end

S.word('Look', 'chart', 'chart([symbol], [period], [count])', 'Candles with the own fills marked.', 'chart BTC/USDT 1m 60', function(...)
  local symbol, period, count = arguments(...)
  local info, err = S.info(symbol)
  if not info then return nil, err end
  local columns = S.screen()
  count = math.max(1, math.min(count or columns - 10, BARS_MAX))
  local bars, period_ns = collect(info, period or 'data', count)
  if not bars then return nil, period_ns end
  return S.shown({ info = info, bars = bars, period_ns = period_ns }, draw_chart)
end)
