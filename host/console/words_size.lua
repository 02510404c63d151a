-- words_size.lua: sizes as they are typed: a quantity, money, a share of what is free or held, all.
local S = ...

local function of_account(rows, account, verb)
  local found = {}
  for _, row in ipairs(rows) do
    if not account or not row.account or row.account == account or row.account:match('[^:]*$') == account then found[#found + 1] = row end
  end
  if #found > 1 then S.wrong('%s: several accounts have it: say which by: with ACCOUNT', verb) end
  return found[1]
end

local function balance_of(asset, account, verb, venue)
  local rows, err = S.list(200, 'balances')
  if not rows then S.wrong('%s: %s', verb, err.message or err.code) end
  local mine = {}
  for _, row in ipairs(rows) do -- of another venue nothing can be sold here
    if row.asset == asset and (not row.account or row.account:match('^[^:]*') == venue) then mine[#mine + 1] = row end
  end
  return of_account(mine, account, verb)
end

-- Of one market: what is held by hand (negative: short) or by the strategy NAME, and what strategies hold. What is unassigned is nobody's.
local function held(info, account, verb, name)
  local rows, err = S.list(200, 'positions')
  if not rows then S.wrong('%s: %s', verb, err.message or err.code) end
  local nets, of_strategies, of_name = {}, 0, 0
  for _, row in ipairs(rows) do
    if row.symbol == info.symbol and not row.unassigned then
      if row.side == 'short' and row.qty > 0 then row.qty = -row.qty end
      if row.strategy then of_strategies = of_strategies + row.qty else nets[#nets + 1] = row end
      if row.strategy and row.strategy == name then of_name = of_name + row.qty end
    end
  end
  if name then return of_name, of_strategies end
  local net = of_account(nets, account, verb)
  if net and net.by_hand then return net.by_hand, of_strategies end -- without what another hand has traded
  return (net and net.qty or 0) - of_strategies, of_strategies
end

local function down(x, digits)
  local scale = 10 ^ digits
  return math.floor(x * scale + 1e-9) / scale
end

-- Money for a share of what is free of the quote asset: with its fee it stays within that.
local function money_of(info, share, account, verb)
  local row = balance_of(info.quote, account, verb, info.venue)
  local free = row and row.free or 0
  if free <= 0 then S.wrong('%s: no %s is free', verb, info.quote) end
  local want = free * share
  for _ = 1, 3 do
    local p = S.ask('preview', 'buy', info.symbol, 'quote_qty=' .. S.number(want), account and 'account=' .. account or nil)
    if not p then break end
    local rate = p.fee and p.notional and p.notional > 0 and p.fee_asset == info.quote and p.fee / p.notional or 0
    if want * (1 + rate) > free then want = free / (1 + rate)
    elseif p.host == 'INSUFFICIENT_FUNDS' and p.host_used and p.host_used > p.host_limit then want = want * p.host_limit / p.host_used * 0.9999
    else break end
  end
  want = down(want, want >= 1 and 2 or 8)
  want = math.tointeger(want) or want
  if want <= 0 then S.wrong('%s: %s %s is free: a share of it is nothing', verb, S.money(free), info.quote) end
  return want
end

-- The quantity for a share of what is held by hand, or of what is free of the base asset.
local function qty_of(info, share, account, verb)
  local qty, of_strategies = held(info, account, verb)
  if qty < 0 then S.wrong('%s: %s is short by hand: close %d%% buys that back, or say a quantity', verb, info.symbol, math.floor(share * 100 + 0.5)) end
  if qty == 0 then
    local row = balance_of(info.base, account, verb, info.venue)
    qty = row and row.free - math.max(of_strategies, 0) - math.max(row.unassigned or 0, 0) or 0
  end
  local lots = S.market_object(info.symbol):round_qty(qty * share)
  if qty <= 0 then
    S.wrong('%s: nothing of %s is held by hand%s', verb, info.symbol, of_strategies ~= 0 and '; strategies hold ' .. S.qty(info, of_strategies) or '')
  end
  if lots <= 0 then S.wrong('%s: %s of %s is held by hand: such a share is less than a lot', verb, S.qty(info, qty), info.symbol) end
  return lots
end

-- 'all' and '25%' as shares of 1; nil for what is neither. Raises for a share outside of it.
function S.share_of(text, verb, where)
  if type(text) ~= 'string' then return nil end
  if text:lower() == 'all' then return 1 end
  local percent = text:match('^(.*)%%$')
  if not percent then return nil end
  local value = percent:find('^%d*%.?%d*$') and tonumber(percent)
  if not value or value <= 0 or value > 100 then S.wrong("%s: %s: found '%s', expected a share above 0%%, at most 100%%", verb, where, text) end
  return value / 100
end

-- Quantity, or nil and money, for a share: `price` is that of a limit.
function S.share_size(side, info, share, price, account, verb)
  account = S.account_for(info, account, verb)
  if side == 'sell' then return qty_of(info, share, account, verb) end
  local now = held(info, account, verb)
  if now < 0 then S.wrong('%s: %s is short by hand: close %d%% buys that back, or say a quantity', verb, info.symbol, math.floor(share * 100 + 0.5)) end
  local money = money_of(info, share, account, verb)
  if not tonumber(price) then return nil, money end
  local qty = S.market_object(info.symbol):round_qty(money / tonumber(price))
  if qty <= 0 then S.wrong('%s: %s %s is less than a lot at %s', verb, S.money(money), info.quote, S.price(info, tonumber(price))) end
  return qty
end

-- The market that an asset behind an amount speaks of: the one that is named, the one in use, or the only one with that base.
function S.market_for_asset(asset, symbol, verb, near)
  local upper = asset:upper()
  local function trades(info) return info.base:upper() == upper or info.quote:upper() == upper end
  local named, err = S.info(symbol)
  if not named then S.wrong('%s: %s', verb, err.message) end
  if trades(named) then return named end
  if symbol then
    S.wrong("%s: word 3: found '%s', expected %s or %s, what %s is traded in", verb, asset, named.quote, named.base, named.symbol)
  end
  local other = S.info(asset)
  if other and trades(other) then return other end
  S.wrong("%s: word 3: found '%s', expected %s or %s, what %s is traded in, or: of SYMBOL%s", verb, asset, named.quote, named.base, named.symbol,
    near and "; did you mean '" .. near .. "'?" or '')
end

-- close 50%, close eth 0.1: a part of what is held by hand, as an order that only reduces. nil: all of it.
function S.close_part(info, amount, account, name)
  local share = S.share_of(amount, 'close', 'word 2')
  if share == 1 then return nil end
  local qty, of_strategies = held(info, S.account_for(info, account, 'close'), 'close', name)
  if qty == 0 then
    S.wrong('close: nothing of %s is held %s%s', info.symbol, name and 'for ' .. name or 'by hand', not name and of_strategies ~= 0 and '; strategies hold ' .. S.qty(info, of_strategies) or '')
  end
  local size = math.abs(qty)
  local part = share and size * share or tonumber(amount)
  if not part or part <= 0 then S.wrong("close: found '%s', expected a quantity, a share such as 50%%, or all", S.text(amount)) end
  if part > size then S.wrong('close: %s of %s is held %s, less than %s', S.qty(info, size), info.symbol, name and 'for ' .. name or 'by hand', S.qty(info, part)) end
  local lots = S.market_object(info.symbol):round_qty(part)
  if lots <= 0 then S.wrong('close: %s is less than a lot of %s', S.any(part), info.symbol) end
  return qty > 0 and 'sell' or 'buy', lots
end

-- What close is given: market, amount or nil, table of options or nil. nil, err: no such market.
function S.close_arguments(given)
  local symbol, amount, options
  local i = 0
  while i < #given do
    i = i + 1
    local value = given[i]
    local is_amount = tonumber(value) or (type(value) == 'string' and (value:find('%%$') or value:lower() == 'all'))
    if is_amount then
      if amount then S.wrong('close: the amount is given twice') end
      amount = value
    elseif type(value) == 'table' and not getmetatable(value) then options = value
    elseif value == 'for' then -- close BTC/USDT for sma_cross
      i = i + 1
      if type(given[i]) ~= 'string' then S.wrong("close: after 'for': found nothing, expected the name of a strategy") end
      options = { strategy = given[i] }
    elseif symbol then S.wrong("close: found '%s', expected a symbol and an amount: close BTC/USDT 50%%", S.text(value))
    else symbol = value end
  end
  local info, err = S.info(symbol)
  if not info then return nil, err end
  return info, amount, options
end
