-- driver.lua: does what plan.lua says and prints what it is told: fills, how each order ended, the position and the cash.
strategy { name = "driver" }
local plan = require "plan"
local base <const> = 1704067200 * 1000000000
local orders, labels, markets = {}, {}, {}
local words <const> = { "price", "stop", "stop_loss", "take_profit", "tif", "post_only", "reduce_only" }

local function seconds(time)
  time = time - base
  return string.format("%d.%09d", time // 1000000000, time % 1000000000)
end

local function act(m, what)
  local mine = orders[m.symbol]
  local order, err
  if what.op == "cancel" or what.op == "amend" then
    if not mine[what.id] then return end
    local good
    if what.op == "cancel" then
      good, order, err = pcall(mine[what.id].cancel, mine[what.id])
    else
      good, order, err = pcall(mine[what.id].replace, mine[what.id], { price = what.price, stop = what.stop, qty = what.qty })
    end
    if not good and not what.qty then print(m.symbol, "raised", what.id, order) end -- no quantity can be below what is filled
    if not good then return end
    local late = { ORDER_ALREADY_FINAL = true, QUANTITY_ALREADY_FILLED = true }
    if not order and not late[err.code] then print(m.symbol, "refused", what.id, err.code) end
    return
  end
  local options = { tag = "o" .. what.id }
  for _, word in ipairs(words) do options[word] = what[word] end
  if what.expire then options.expire = base + what.expire end
  if what.op == "buy" then order, err = m:buy(what.qty, options) else order, err = m:sell(what.qty, options) end
  if not order then print(m.symbol, "denied", options.tag, err.code, err.message) return end
  mine[what.id] = order
end

function on_init(m)
  orders[m.symbol] = {}
  markets[#markets + 1] = m
end

local function set_timers(m)
  for _, what in ipairs(plan[m.symbol]) do
    if what.timer and not what.is_set then
      what.is_set = true
      after(string.format("%dns", what.at + base - now()), function() act(m, what) end)
    end
  end
end

local function on_each_bar(m, bar)
  for _, what in ipairs(plan[m.symbol]) do
    if not what.timer and what.at == bar.time - base then act(m, what) end
  end
  set_timers(m)
end

if plan.ticks then
  function on_trade(m) set_timers(m) end
  function on_quote(m) set_timers(m) end
else
  on_bar = on_each_bar
end

function on_order(m, order)
  local role = order.role == "stop_loss" and ".sl" or order.role == "take_profit" and ".tp" or ""
  labels[order.id] = order.tag .. role
end

local fills = 0 -- told with each, as the log folds a line that is said twice
function on_fill(m, fill)
  fills = fills + 1
  print(string.format("%s fill %s %s %s %s %.3f %.2f %.8f %s #%d", m.symbol, seconds(fill.time), seconds(now()), labels[fill.order_id], fill.side,
    fill.qty, fill.price, fill.fee, fill.liquidity, fills))
end

function on_stop()
  for _, m in ipairs(markets) do
    for id, order in pairs(orders[m.symbol]) do print(string.format("%s state o%d %s", m.symbol, id, order.status)) end
    print(string.format("%s position %.3f", m.symbol, m.position.qty))
  end
  print(string.format("all cash %.8f", account.cash))
end
