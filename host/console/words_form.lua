-- words_form.lua: what is typed as words: orders in the manner of a ticket, and calls without brackets.
local S = ...

-- { text, at }: parted by spaces; quotes keep them together; @ < > stand alone.
local function split(text)
  local tokens, at = {}, 1
  while true do
    at = text:find('%S', at)
    if not at then return tokens end
    local c, stop, word = text:sub(at, at), nil, nil
    if c == '"' or c == "'" then
      stop = text:find(c, at + 1, true)
      if not stop then return nil, string.format('at %d: a quote without its end', at) end
      word = text:sub(at + 1, stop - 1)
    elseif c == '@' or c == '<' or c == '>' then
      stop, word = at, c
    else
      stop = (text:find('[%s@<>]', at) or #text + 1) - 1
      word = text:sub(at, stop)
    end
    tokens[#tokens + 1] = { text = word, at = at, quoted = c == '"' or c == "'" }
    at = stop + 1
  end
end

-- A number as it was typed; text where a double would not give its digits back.
local function number_of(text)
  if not text:find('^[+-]?%d*%.?%d*$') or not text:find('%d') then return nil end
  local value = tonumber(text)
  if not value then return nil end
  local digits = text:gsub('[^%d]', ''):gsub('^0+', '')
  if #digits > 14 then return text end
  return math.type(value) == 'float' and value == math.floor(value) and math.abs(value) < 2 ^ 53 and math.tointeger(value) or value
end

local expected = "@ PRICE, @ market, stop, target, trigger, post, reduce, ioc, fok, day, gtd, tag or a symbol"
local names = { 'stop', 'target', 'trigger', 'post', 'reduce', 'ioc', 'fok', 'gtc', 'day', 'gtd', 'tag', 'with', 'for', 'market', 'of' }

local function reader(verb, tokens)
  local r = { next = 1 }
  function r.peek() return tokens[r.next] and tokens[r.next].text end
  function r.take()
    r.next = r.next + 1
    return tokens[r.next - 1] and tokens[r.next - 1].text
  end
  function r.wrong(wanted, after)
    local token = tokens[r.next]
    local hint = token and S.nearest(token.text:lower(), names)
    S.wrong('%s: %s: found %s, expected %s%s', verb, after or 'word ' .. (r.next + 1), token and "'" .. token.text .. "'" or 'the end',
      wanted, hint and not wanted:find('price') and "; did you mean '" .. hint .. "'?" or '')
  end
  function r.number(after, what)
    local text = r.peek()
    local value = text and number_of((text:gsub(',(%d%d%d)', '%1')))
    if not value or tonumber(value) <= 0 then r.wrong(what .. ' above 0', "after '" .. after .. "'") end
    r.next = r.next + 1
    return value
  end
  return r
end

local function set(opts, key, value, verb, word)
  if opts[key] ~= nil then S.wrong("%s: '%s' is given twice", verb, word) end
  opts[key] = value
end

local clauses = {
  ['@'] = function(r, opts, verb)
    local text = r.peek()
    if text and (text:lower() == 'market' or text:lower() == 'mkt') then
      r.take()
      set(opts, 'market', true, verb, '@')
      return
    end
    set(opts, 'price', r.number('@', 'a price (or market)'), verb, '@')
  end,
  stop = function(r, opts, verb) set(opts, 'stop_loss', r.number('stop', 'a price'), verb, 'stop') end,
  target = function(r, opts, verb) set(opts, 'take_profit', r.number('target', 'a price'), verb, 'target') end,
  trigger = function(r, opts, verb) set(opts, 'stop', r.number('trigger', 'a price'), verb, 'trigger') end,
  post = function(_, opts, verb) set(opts, 'post_only', true, verb, 'post') end,
  reduce = function(_, opts, verb) set(opts, 'reduce_only', true, verb, 'reduce') end,
  with = function(r, opts, verb)
    if not r.peek() then r.wrong('the name of an account', "after 'with'") end
    set(opts, 'account', r.take(), verb, 'with')
  end,
  ['for'] = function(r, opts, verb)
    if not r.peek() then r.wrong('the name of a strategy', "after 'for'") end
    set(opts, 'strategy', r.take(), verb, 'for')
  end,
  tag = function(r, opts, verb)
    if not r.peek() then r.wrong('a word', "after 'tag'") end
    set(opts, 'tag', r.take(), verb, 'tag')
  end,
  gtd = function(r, opts, verb)
    local text = r.peek()
    if not text then r.wrong('a time such as 2026-01-31 or 2026-01-31T16:00', "after 'gtd'") end
    local whole, time = text:upper(), nil
    r.next = r.next + 1
    if r.peek() and r.peek():find('^%d%d:%d%d') then whole = whole .. 'T' .. r.take() end
    time = S.to_ns(whole)
    if not time then
      r.next = r.next - 1
      r.wrong('a time such as 2026-01-31 or 2026-01-31T16:00', "after 'gtd'")
    end
    set(opts, 'tif', 'GTD', verb, 'gtd')
    opts.expire = S.from_ns(time)
  end,
}
for _, tif in ipairs { 'gtc', 'ioc', 'fok', 'day' } do
  clauses[tif] = function(_, opts, verb) set(opts, 'tif', tif:upper(), verb, tif) end
end

-- "100 USDT of BTC/USDT": money, or base said by name.
local function amount_of(r, opts, verb)
  local value = r.peek() and number_of((r.peek():gsub(',(%d%d%d)', '%1')))
  if not value or tonumber(value) <= 0 then r.wrong('a quantity above 0', 'word 2') end
  r.next = r.next + 1
  local asset = r.peek()
  if not asset or not asset:find('^%a[%w]*$') or clauses[asset:lower()] then return value end
  r.next = r.next + 1
  if not r.peek() or r.peek():lower() ~= 'of' then
    if r.peek() == nil and S.nearest(asset:lower(), names) == nil then r.wrong("of SYMBOL", "after '" .. asset .. "'") end
    r.next = r.next - 1
    r.wrong(expected .. ' (or CURRENCY of SYMBOL)')
  end
  r.next = r.next + 1
  if not r.peek() or not r.peek():find('/') then r.wrong('a symbol such as BTC/USDT', "after 'of'") end
  local info, err = S.info(r.take())
  if not info then S.wrong('%s: %s', verb, err.message) end
  opts.symbol = info.symbol
  if asset:upper() == info.quote:upper() then return nil, value end
  if asset:upper() == info.base:upper() then return value end
  S.wrong("%s: word 3: found '%s', expected %s or %s, what %s is traded in", verb, asset, info.quote, info.base, info.symbol)
end

-- The order that `tokens` (after the verb) say: qty and options. Raises what, where, found, expected.
local function parse_order(verb, tokens)
  local r, opts = reader(verb, tokens), {}
  local qty, quote_qty = amount_of(r, opts, verb)
  while r.peek() do
    local token = r.peek()
    local clause = clauses[token:lower()]
    if clause then
      r.next = r.next + 1
      clause(r, opts, verb)
    elseif token:find('/', 1, true) then
      local info, err = S.info(token)
      if not info then S.wrong('%s: word %d: %s', verb, r.next + 1, err.message) end
      set(opts, 'symbol', info.symbol, verb, token)
      r.next = r.next + 1
    else
      r.wrong(expected)
    end
  end
  if opts.market and (opts.price or opts.post_only) then
    S.wrong("%s: '@ market' has no price and cannot wait: found %s beside it", verb, opts.price and 'a price' or "'post'")
  end
  opts.market = nil
  opts.quote_qty = quote_qty
  return qty, opts
end

local order_of_options = { 'symbol', 'quote_qty', 'price', 'stop', 'stop_loss', 'take_profit', 'tif', 'expire', 'post_only', 'reduce_only', 'tag', 'account', 'strategy' }

local function lua_value(value)
  if type(value) == 'string' then return "'" .. value:gsub("[\\']", '\\%0') .. "'" end
  return S.text(value)
end

-- The Lua that says the same.
local function lua_of(call, qty, opts)
  local parts = {}
  for _, key in ipairs(order_of_options) do
    if opts[key] ~= nil then parts[#parts + 1] = key .. ' = ' .. lua_value(opts[key]) end
  end
  local options = #parts > 0 and '{ ' .. table.concat(parts, ', ') .. ' }' or nil
  if not qty then return call .. (call:find('%($') and options .. ')' or '(' .. options .. ')') end
  return call .. (call:find('%($') and '' or '(') .. lua_value(qty) .. (options and ', ' .. options or '') .. ')'
end

-- A call in words. Returns the Lua that says the same, and what it gave.
function S.call_in_words(word, rest)
  local tokens, why = split(rest)
  if not tokens then S.wrong('%s: %s', word, why) end
  local fn = S.words[word].fn
  if word == 'preview' then
    local side = tokens[1] and tokens[1].text:lower()
    if side ~= 'buy' and side ~= 'sell' then S.wrong("preview: word 2: found '%s', expected buy or sell", tokens[1].text) end
    local qty, opts = parse_order('preview ' .. side, { table.unpack(tokens, 2) })
    local text = lua_of("preview('" .. side .. "', ", qty, opts):gsub("%('(%a+)', %(", "('%1', ")
    S.say('= ' .. text, 'dim')
    if not qty then return text, fn(side, opts) end
    return text, fn(side, qty, opts)
  end
  if word == 'buy' or word == 'sell' then
    local qty, opts = parse_order(word, tokens)
    local text = lua_of(word, qty, opts)
    S.say('= ' .. text, 'dim')
    if not qty then return text, fn(opts) end
    return text, fn(qty, next(opts) and opts or nil)
  end
  local arguments, said = {}, {}
  for i, token in ipairs(tokens) do
    arguments[i] = not token.quoted and number_of(token.text) or token.text
    said[i] = lua_value(arguments[i])
  end
  return word .. '(' .. table.concat(said, ', ') .. ')', fn(table.unpack(arguments))
end

S.split_words, S.lua_value = split, lua_value
