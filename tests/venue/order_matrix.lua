-- One order of each kind and time in force, then protected entries: what becomes of each. Each is asked for alone, far from the market where
-- it can be, and taken back before the next one.
strategy { name = "matrix" }
local P = params { qty = "1", money = "100", digits = { 2, min = 0, max = 10 } }
local minute <const> = 60 * 1000000000

local function price_of(m) return m.last or m.bid end
local function near(m, share) return string.format("%." .. math.tointeger(P.digits) .. "f", price_of(m) * share) end

local rows = {}
local function row(name, make) rows[#rows + 1] = { name = name, make = make } end
for _, tif in ipairs { "GTC", "IOC", "FOK" } do
  row("market " .. tif, function(m) return m:buy { qty = P.qty, tif = tif } end)
end
row("market by money", function(m) return m:buy { quote_qty = P.money } end)
for _, tif in ipairs { "GTC", "GTD", "DAY", "IOC", "FOK" } do
  local expire = tif == "GTD" or nil
  local function far(m, options)
    options.qty, options.tif, options.expire = P.qty, tif, expire and now() + 90 * minute
    return m:buy(options)
  end
  row("limit " .. tif, function(m) return far(m, { price = near(m, 0.95) }) end)
  row("stop " .. tif, function(m) return far(m, { stop = near(m, 1.03) }) end)
  row("stop-limit " .. tif, function(m) return far(m, { stop = near(m, 1.03), price = near(m, 1.035) }) end)
end
row("limit post-only", function(m) return m:buy { qty = P.qty, price = near(m, 0.95), post_only = true } end)
row("oco", function(m)
  local low = m:buy { qty = P.qty, price = near(m, 0.95) }
  if not low then return nil, { code = "NO_ORDER" } end
  local high, why = m:buy { qty = P.qty, stop = near(m, 1.03), oco = low }
  if not high and why.code == "ORDER_KIND_NOT_TAKEN" then
    high, why = m:buy { qty = P.qty, stop = near(m, 1.03), price = near(m, 1.035), oco = low }
  end
  if not high then low:cancel() end
  return high, why
end)
row("entry with a stop", function(m) return m:buy { qty = P.qty, stop_loss = near(m, 0.9) } end)
row("entry with a target", function(m) return m:buy { qty = P.qty, take_profit = near(m, 1.04) } end)
row("entry with both", function(m) return m:buy { qty = P.qty, stop_loss = near(m, 0.9), take_profit = near(m, 1.04) } end)
row("entry with a trailing stop", function(m) return m:buy { qty = P.qty, trail = "4%" } end)

local at, order, said, since, legs = 0, nil, nil, 0, nil

local function settled(m)
  for _, open in ipairs(m:orders()) do
    if open.state == "SUBMITTED" or open.state == "PENDING_CANCEL" or open.state == "PENDING_UPDATE" then return false end
  end
  return true
end

local function step(m)
  if at > #rows or not price_of(m) then return end
  if at == 0 or (not order and m.position.qty == 0 and #m:orders() == 0) then
    at = at + 1
    if at > #rows then
      print("matrix: done")
      return
    end
    local why
    order, why = rows[at].make(m)
    said, since, legs = nil, now(), nil
    if not order and (why.code:find("NOT_TAKEN") or why.code:find("NOT_SUPPORTED")) then
      print("matrix: " .. rows[at].name .. " | no | " .. why.code)
    elseif not order then -- not compared yet, or no price: once more
      at = at - 1
    end
    return
  end
  if not order then
    if settled(m) then
      for _, open in ipairs(m:orders()) do if open.role ~= "stop_loss" and open.role ~= "take_profit" then open:cancel() end end
      if m.position.qty ~= 0 and not m:busy() then m:close() end
    end
    return
  end
  if order.state == "SUBMITTED" or order.state == "INITIALIZED" or order.state == "PARTIALLY_FILLED" then return end
  if order.role == "entry" and order.state == "FILLED" then
    legs = ""
    for _, leg in ipairs(m:orders()) do legs = legs .. " " .. leg.role .. " " .. leg.type end
    if now() - since < (legs == "" and 20 or 3) * 1000000000 then return end -- its legs take their time
  end
  said = order.state == "REJECTED" and "refused by the venue" or "yes"
  print(string.format("matrix: %s | %s | %s", rows[at].name, said, order.state == "REJECTED" and order.reason or legs or order.state))
  if order.open then order:cancel() end
  order = nil
end

function on_init(m) every("200ms", function() step(m) end) end
