-- words_account.lua: the account in use: what is traded with it alone, and what is shown of it.
local S = ...

-- S.account: { name = 'venue:name', venue =, account = }, or nil: all.

local function row_of(venue, account)
  local rows, err = S.list(200, 'statement')
  if not rows then return nil, nil, err end
  local names = {}
  for _, row in ipairs(rows) do
    if row.venue == venue and row.name == account then return row, rows end
    names[#names + 1] = row.venue .. '/' .. row.name
  end
  return nil, rows, names
end

function S.of_account_in_use(rows)
  if not S.account then return rows end
  local mine = {}
  for _, row in ipairs(rows) do
    if not row.account or row.account == S.account.name then mine[#mine + 1] = row end
  end
  return mine
end

-- Of several markets that a short name may mean those of its venue.
function S.of_venue_in_use(rows)
  if not S.account or #rows < 2 then return rows end
  local mine = {}
  for _, row in ipairs(rows) do if row.venue == S.account.venue then mine[#mine + 1] = row end end
  return #mine > 0 and mine or rows
end

-- The account that an order of this market is for: the one that is said, else the one in use, which must be of its venue.
function S.account_for(info, asked, verb)
  if asked ~= nil then
    local venue, account = S.text(asked):match('^([^/:]+)/(.+)$')
    return venue and venue .. ':' .. account or asked
  end
  if not S.account then return nil end
  if info.venue == S.account.venue then return S.account.name end
  S.wrong('%s: %s is in use, and %s is a market of %s: use %s/ACCOUNT, or use all', verb, S.account.name, info.symbol, info.venue, info.venue)
end

function S.of_all_accounts(info)
  return S.account and not info and ', of all accounts: ' .. S.account.name .. ' is in use, and what ends risk is not held to it' or ''
end

function S.account_halted()
  for _, row in ipairs((S.status()).latches or {}) do
    if not row.account or row.account == S.account.name then return row.reason end
  end
end

-- A market of its venue: the one in use, else the first.
local function market_of(account)
  local now = S.default and S.info(S.default)
  if now and now.venue == account.venue then return now end
  for _, row in ipairs(S.list(1024, 'markets') or {}) do if row.venue == account.venue then return row end end
end

-- What each rule says of the smallest buy with it: rules are asked by account.
function S.rules_of_account_in_use()
  local info = market_of(S.account)
  if not info then return {}, nil end
  local p, err = S.ask('preview', 'buy', info.symbol, 'qty=' .. S.number(info.lot), 'account=' .. S.account.name)
  if not p then return nil, err end
  return p.rules or {}, { symbol = info.symbol, qty = S.any(info.lot) }
end

local function near(names, what)
  local nearest = S.nearest(what, names)
  return nearest and ", did you mean '" .. nearest .. "'?" or '; there are ' .. table.concat(names, ', ')
end

-- nil: it names no account. False and an error, or true: it is in use.
function S.use_account(what)
  if type(what) ~= 'string' then return nil end
  if what:lower() == 'all' and S.account then
    S.account = nil
    S.say('all accounts are in use', 'dim')
    return false
  end
  local venue, account = what:match('^([%w_]+)/([%w_.-]+)$')
  if not venue then return nil end
  local row, rows, names = row_of(venue, account)
  if not row then
    local is_venue = false
    for _, other in ipairs(rows or {}) do is_venue = is_venue or other.venue == venue end
    if not is_venue then return nil end -- a symbol is written in the same way
    return false, { code = 'BAD_ACCOUNT', definitive = true, message = string.format("no account '%s'%s", what, near(names, what)) }
  end
  S.account = { name = venue .. ':' .. account, venue = venue, account = account }
  S.acts = S.acts + 1
  local info = market_of(S.account)
  if info and S.default ~= info.symbol then
    S.use_market(info.symbol)
  end
  local halted, rights = S.account_halted(), row.rights or {}
  S.say(S.account.name .. ' alone is in use, until use all: ' .. row.state ..
    (rights.trade == true and ', may trade' or rights.trade == nil and ', its venue has not said whether it may trade' or ''), 'dim')
  if rights.trade == false then S.say('its key may not trade: orders are refused with ACCOUNT_MAY_NOT_TRADE', 'red') end
  if halted then S.say('halted: ' .. halted .. ': nothing is opened until unkill()', 'red') end
  if not info then S.say('no market of ' .. venue .. ' is in this session', 'red') end
  local rules, asked = S.rules_of_account_in_use()
  for _, rule in ipairs(rules or {}) do
    if rule.allowed == false then
      S.say(string.format('%s refuses the smallest buy of %s: %s', S.text(rule.rule), asked.symbol, S.text(rule.reason)), 'red')
    end
  end
  return false
end
