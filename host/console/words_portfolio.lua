-- words_portfolio.lua: what all accounts hold together: by asset with its parts, and by account.
local S = ...
local grid, card = S.grid, S.card

local function age(row) return row.heard == false and S.duration(row.age_ns or 0) .. ' ago' or '' end

-- "12.00", "not known: 3 parts have no price; the rest is 12.00".
local function sum(v, key, show)
  if v[key] then return show(v[key]) end
  return string.format('not known: %s no price in %s; the rest is %s',
    v[key .. '_missing'] == 1 and '1 part has' or (v[key .. '_missing'] or 0) .. ' parts have', v.currency, show(v[key .. '_known'] or 0))
end

-- An asset, below it by which prices it is valued, and who has it.
local function lines_of(v)
  local lines = {}
  for _, row in ipairs(v.rows) do
    lines[#lines + 1] = { what = row.asset, qty = row.net or row.net_known, value = row.value, equity = row.equity, is_line = true, no_value = not row.value }
    if row.rate and row.rate_age_ns then
      lines[#lines + 1] = { what = string.format('  at %s by %s, %s old%s', S.any(row.rate), table.concat(row.rate_by, ', '), S.duration(row.rate_age_ns),
        row.rate_heard and '' or ': not heard'), is_old = not row.rate_heard }
    end
    for _, part in ipairs(row.parts) do
      lines[#lines + 1] = { what = '  ' .. part.account .. (part.as == 'balance' and '' or ' ' .. part.as) .. (part.heard and '' or ', as of ' .. age(part)), qty = part.qty, value = part.value,
        equity = part.equity, heard = part.heard, age_ns = part.age_ns, no_value = not part.value }
    end
    if (row.parts_left or 0) > 0 then lines[#lines + 1] = { what = '  and ' .. row.parts_left .. ' more' } end
  end
  return lines
end

local function known(key) return function(row) return row[key] and S.money(row[key]) or row.no_value and 'no price' or '' end end
local function signed(title, key, drop)
  return { title, key, right = true, drop = drop, get = function(row) return row[key] and S.signed(row[key]) or 'not known' end,
    colour = function(row) return S.profit_colour(row[key]) end }
end

local function show(v)
  local c = ' ' .. v.currency
  local function money(x) return S.money(x) .. c end
  local text = card { { 'equity', sum(v, 'equity', money), not v.equity and 'red' or nil },
    { 'profit', v.profit and S.signed(v.profit) .. c .. (v.day and ', today ' .. S.signed(v.day) or ''), S.profit_colour(v.profit) },
    { 'realised', sum(v, 'realised', S.signed), S.profit_colour(v.realised) },
    { 'unrealised', sum(v, 'unrealised', S.signed), S.profit_colour(v.unrealised) }, { 'fees', sum(v, 'fees', S.money) } }
  local function red(row) return row.heard == false and 'red' or nil end
  local function colour(row) return (row.heard == false or row.is_old) and 'red' or not row.is_line and 'dim' or nil end
  local columns = { { 'asset', 'what', colour = colour }, { 'qty', 'qty', right = true, get = function(r) return r.qty and S.any(r.qty) or '' end },
    { 'value' .. c, 'value', right = true, get = known 'value' }, { 'in equity', 'equity', right = true, drop = 4, get = known 'equity' } }
  if #v.rows > 0 then text = text .. '\n' .. grid(columns, lines_of(v)) end
  return text .. '\n' .. grid({ { 'account', 'account' }, { 'state', 'state', colour = function(r) return r.heard == false and 'red' or nil end },
    { 'halted', 'halted', drop = 0.5, colour = function() return 'red' end }, { 'heard', 'age', drop = 0.5, get = age, colour = red },
    { 'equity' .. c, 'equity', right = true, get = function(r) return r.equity and S.money(r.equity) or S.money(r.equity_known or 0) .. ' and more' end },
    signed('realised', 'realised', 2), signed('unrealised', 'unrealised', 1),
    { 'fees', 'fees', right = true, drop = 3, get = function(r) return r.fees and S.money(r.fees) or 'not known' end } }, v.accounts)
end

S.word('Money', 'portfolio', 'portfolio([currency])',
  'What all accounts hold together: one line an asset with its parts at each venue, what it is worth by which market\'s price and how old that is, and each account with its profit. What has no price is a line of its own.',
  'portfolio', function(currency)
    if currency ~= nil and type(currency) ~= 'string' then S.wrong('portfolio: found %s, expected a currency such as USD', S.text(currency)) end
    local rows, v = S.list(4096, 'portfolio', currency or '-')
    if not rows then return nil, v end
    v.rows = rows
    return S.shown(v, show)
  end)
