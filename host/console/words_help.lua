-- words_help.lua: help and the reference page, from the table of words.
local S = ...

local function sorted(group)
  local names = {}
  for name, word in pairs(S.words) do
    if word.group == group then names[#names + 1] = name end
  end
  return names
end

local function overview()
  local parts = {}
  for _, group in ipairs(S.groups) do
    local lines = S.wrap(table.concat(sorted(group), ' '), '              ')
    parts[#parts + 1] = S.paint('bold', group .. string.rep(' ', 14 - #group)) .. lines:sub(15)
  end
  parts[#parts + 1] = '\n' .. S.wrap('A bare word calls itself: orders. Orders in words: buy 0.1 BTC/USDT @ 60000 stop 58500.', '')
  parts[#parts + 1] = S.wrap("All of Lua works: m.last * 2, for i = 1, 3 do ... end; _ is the last value, m the market in use.", '')
  parts[#parts + 1] = S.wrap('help WORD tells more. Ctrl-C stops what runs, never the host.', '')
  return table.concat(parts)
end

local function details(word)
  local usage = S.paint('bold', S.wrap(word.usage, ''):gsub('\n$', '')) .. '\n'
  return usage .. S.wrap(word.about, '  ') .. S.wrap('example: ' .. word.example, '  ')
end

S.word('Console', 'help', 'help([word])', 'This list, or what a word does.', 'help orders', function(what)
  if what == nil then return S.page(overview()) end
  local name = type(what) == 'string' and what:lower() or nil
  for key, word in pairs(S.words) do
    if what == word.fn or name == key then return S.page(details(word)) end
  end
  local names = {}
  for key in pairs(S.words) do names[#names + 1] = key end
  local nearest = name and S.nearest(name, names)
  return nil, { code = 'NO_WORD', definitive = true,
    message = string.format("no word '%s'%s", S.text(what), nearest and "; did you mean '" .. nearest .. "'?" or '; help lists them') }
end)

function S.reference()
  local out = { "# The console's words\n", 'This page is written by the program from the table that `help` reads.\n' }
  out[#out + 1] = 'Nouns ask the host and give a table that shows itself; verbs act and give what they made, or `nil, err` when refused.'
  out[#out + 1] = 'A bare word calls itself, and words after it are its arguments: `help orders` is `help("orders")`.\n'
  for _, group in ipairs(S.groups) do
    out[#out + 1] = '## ' .. group .. '\n\n| word | what it does | example |\n|---|---|---|'
    for _, name in ipairs(sorted(group)) do
      local word = S.words[name]
      local function cell(text) return (text:gsub('|', '\\|')) end
      out[#out + 1] = string.format('| `%s` | %s | `%s` |', cell(word.usage), cell(word.about), cell(word.example))
    end
    out[#out + 1] = ''
  end
  return table.concat(out, '\n')
end
