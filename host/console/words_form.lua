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

local expected = "@ PRICE, @ market, stop, target, trail, trigger, oco, post, reduce, ioc, fok, day, gtd, tag or a symbol"
local names = { 'stop', 'target', 'trail', 'trigger', 'oco', 'post', 'reduce', 'ioc', 'fok', 'gtc', 'day', 'gtd', 'tag', 'with', 'for', 'market', 'of' }

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
  trail = function(r, opts, verb)
    local share = r.peek() and r.peek():match('^([%d.]+)%%$')
    set(opts, 'trail', share and r.take() or r.number('trail', 'a distance or a part such as 1.5%'), verb, 'trail')
    if not r.peek() or r.peek():lower() ~= 'from' then return end
    r.take()
    set(opts, 'trail_from', r.number('from', 'a price'), verb, 'from')
  end,
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
  oco = function(r, opts, verb)
    if not (r.peek() or ''):match('^o%d') then r.wrong('the name of an order such as o3', "after 'oco'") end
    set(opts, 'oco', r.take(), verb, 'oco')
  end,
  tag = function(r, opts, verb)
    if not r.peek() then r.wrong('a word', "after 'tag'") end
    set(opts, 'tag', r.take(), verb, 'tag')
  end,
  gtd = function(r, opts, verb)
    local wanted = 'a time such as 2026-01-31, 2026-01-31T16:00 or 16:00, or how long, such as 1h'
    local text = r.peek()
    if not text then r.wrong(wanted, "after 'gtd'") end
    local whole, now, time = text:upper(), S.status(), nil
    r.next = r.next + 1
    if whole:find('^%d%d:%d%d') and now.now then
      time = S.to_ns(now.now:sub(1, 10) .. 'T' .. whole)
      if time and time <= now.now_ns then time = time + 86400 * 1000000000 end
    elseif S.to_duration(text) and now.now_ns then
      time = now.now_ns + S.to_duration(text)
    else
      if r.peek() and r.peek():find('^%d%d:%d%d') then whole = whole .. 'T' .. r.take() end
      time = S.to_ns(whole)
    end
    if not time then
      r.next = r.next - 1
      r.wrong(wanted, "after 'gtd'")
    end
    set(opts, 'tif', 'GTD', verb, 'gtd')
    opts.expire = S.from_ns(time)
  end,
}
for _, tif in ipairs { 'gtc', 'ioc', 'fok', 'day' } do
  clauses[tif] = function(_, opts, verb) set(opts, 'tif', tif:upper(), verb, tif) end
end

-- What is typed of `tokens` names a market.
local function symbol_in(tokens)
  for _, token in ipairs(tokens) do
    if token.text:find('/', 1, true) and not token.quoted then return token.text end
  end
end

-- "0.1", "0.1 eth", "100 USDT", "100 USDT of BTC/USDT", "25%", "all": quantity, money or share, what it is of goes into opts.symbol.
local function amount_of(r, opts, verb, tokens)
  local share = S.share_of(r.peek(), verb, 'word 2')
  local value = not share and r.peek() and number_of((r.peek():gsub(',(%d%d%d)', '%1')))
  if not share and (not value or tonumber(value) <= 0) then r.wrong('a quantity above 0, money as in 100 USDT, a share as in 25%, or all', 'word 2') end
  r.next = r.next + 1
  local asset = r.peek()
  if not asset or not asset:find('^%a[%w]*$') or clauses[asset:lower()] then return value, nil, share end
  local behind = tokens[r.next + 1]
  if asset:lower() == 'of' then return value, nil, share end
  r.next = r.next + 1
  local symbol = symbol_in(tokens)
  if behind and behind.text:lower() == 'of' then
    r.next = r.next + 1
    local named, err = S.info(r.peek() or '')
    if not r.peek() then r.wrong('a symbol such as BTC/USDT', "after 'of'") end
    if not named then S.wrong('%s: %s', verb, err.message) end
    symbol = r.take()
  elseif symbol then
    for i = #tokens, 1, -1 do if tokens[i].text == symbol then table.remove(tokens, i) end end
  end
  local info = S.market_for_asset(asset, symbol, verb, S.nearest(asset:lower(), names))
  if symbol or info.symbol ~= S.default then opts.symbol = info.symbol end
  local is_money = asset:upper() == info.quote:upper()
  if not share then return not is_money and value or nil, is_money and value or nil end
  if is_money ~= (verb:find('buy', 1, true) ~= nil) then
    S.wrong("%s: word 3: found '%s': a share is of %s", verb, asset, is_money and info.base .. ' that is held' or info.quote .. ' that is free')
  end
  return nil, nil, share
end

-- The order that `tokens` (after the verb) say: qty and options. Raises what, where, found, expected.
local function parse_order(verb, tokens)
  local r, opts = reader(verb, tokens), {}
  local qty, quote_qty, share = amount_of(r, opts, verb, tokens)
  while r.peek() do
    local token = r.peek()
    local clause = clauses[token:lower()]
    if clause then
      r.next = r.next + 1
      clause(r, opts, verb)
    elseif token:find('/', 1, true) or (opts.symbol == nil and not S.nearest(token:lower(), names) and token:find('^%a[%w_-]*$') and S.info(token)) then
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
  if share then
    local info, err = S.info(opts.symbol)
    if not info then S.wrong('%s: %s', verb, err.message) end
    qty, quote_qty = S.share_size(verb:match('%a+$'), info, share, opts.price, opts.account, verb)
  end
  opts.quote_qty = quote_qty
  return qty, opts
end

local order_of_options = { 'symbol', 'quote_qty', 'price', 'stop', 'stop_loss', 'take_profit', 'trail', 'trail_from', 'oco', 'tif', 'expire', 'post_only', 'reduce_only', 'tag', 'account', 'strategy' }

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
    if word == 'use' and S.info(arguments[i]) then arguments[i] = S.info(arguments[i]).symbol end
    said[i] = lua_value(arguments[i])
  end
  if word == 'close' then
    local info, amount, options = S.close_arguments(arguments)
    local side, qty
    if not info then S.wrong('close: %s', amount.message) end
    if amount then side, qty = S.close_part(info, amount, nil, options and options.strategy) end
    if side then
      local opts = { symbol = info.symbol ~= S.default and info.symbol or nil, reduce_only = true, strategy = options and options.strategy }
      local text = lua_of(side, qty, opts)
      S.say('= ' .. text, 'dim')
      return text, S.words[side].fn(qty, opts)
    end
    if amount then
      local text = lua_of('close', info.symbol, options or {})
      return text, fn(info.symbol, options)
    end
  end
  return word .. '(' .. table.concat(said, ', ') .. ')', fn(table.unpack(arguments))
end

S.split_words, S.lua_value = split, lua_value
