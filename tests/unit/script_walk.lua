-- script_walk.lua: uses all of the API, for script_walk_test.c: what it decides is drawn, what it sees is logged.
strategy { name = 'walker', timeframe = '1m' }
local p = params { length = { 4, min = 2, max = 9 }, share = { 0.2, min = 0, max = 1 } }
local function n(x) return x == nil and '-' or math.type(x) and string.format('%.10g', x) or tostring(x) end
local function line(...) local t = table.pack(...) for i = 1, t.n do t[i] = n(t[i]) end print(table.concat(t, ' ')) end
function tick(due) line('tick', due // 1000000000) state.ticks = (state.ticks or 0) + 1 end
function late(due) line('late', due // 1000000000, now() - due) end
function on_init(m)
  m.five, m.ha, m.brick = m:bars('5m'), m:bars { kind = 'heikin_ashi' }, m:bars { kind = 'renko', size = 0.25 }
  m.vol, m.dol = m:bars { kind = 'volume', size = 12 }, m:bars { kind = 'dollar', size = 900 }
  m.s1, m.e1, m.w1, m.h1, m.r1, m.a1 = m:sma(p.length), m:ema(3), m:wma(4), m:hma(6), m:rsi(3), m:atr(3)
  m.mac, m.bol, m.dev, m.z, m.don, m.kel = m:macd(2, 4, 3), m:bollinger(4, 2), m:stddev(5), m:zscore(4), m:donchian(5), m:keltner(3, 3, 1.5)
  m.adx1, m.sto, m.cci1, m.mfi1, m.obv1, m.slo = m:adx(3), m:stochastic(4, 2, 2), m:cci(4), m:mfi(3), m:obv(), m:slope(5)
  m.v1, m.v2, m.sup, m.par, m.piv = m:vwap(), m:vwap('10m'), m:supertrend(3, 1.5), m:sar(0.02, 0.02, 0.2), m:pivots(2, 2)
  m.f1, m.f2, m.g1, m.k1, m.k2, m.d1 = m.five:sma(2), m.five:atr(2), m.ha:ema(3), m.brick:sma(3), m.vol:rsi(2), m.dol:ema(2)
  m.fz, m.vv = m.five:zscore(3), m.vol:vwap()
  every('3m', tick)
end
function on_start() line('start', account.cash, account.currency) after('90s', late) end
local function entry(m, b)
  local way, side = math.random(1, 12), math.random() < 0.5 and 'buy' or 'sell'
  local up = side == 'buy' and 1 or -1
  local o, e
  if way == 1 then o, e = m[side](m, m:round_qty(math.random() * 3))
  elseif way == 2 then o, e = m[side](m, { qty = 1.5, price = m:round_price(b.close - up * 0.13), post_only = math.random() < 0.3 })
  elseif way == 3 then o, e = m[side](m, { qty = 0.7, stop = m:round_price(b.close + up * 0.21), tag = 'break' })
  elseif way == 4 then o, e = m[side](m, { qty = 2, price = m:round_price(b.close), stop_loss = m:round_price(b.close - up * 0.5), take_profit = m:round_price(b.close + up * 0.7) })
  elseif way == 5 then o, e = m:target_qty(math.random(0, 3) / 2)
  elseif way == 6 then o, e = m:target_percent(p.share, { price = b.close })
  elseif way == 7 then o, e = m:flip { tag = 'turn' }
  elseif way == 8 then o, e = m:close()
  elseif way == 9 then line('all', m:cancel_all())
  elseif way == 10 then line('sizes', size.risk(m, { risk = 0.01, entry = b.close, stop = b.close * 0.99 }), size.percent(m, { share = 0.1 }),
      size.atr(m, { risk = 0.01, atr = 0.4, factor = 2 }), size.kelly(m, { chance = 0.55, payoff = 1.2, fraction = 0.5, cap = 0.25 }))
  elseif way == 11 and m.last_order and m.last_order.is_open then o, e = m.last_order:replace { qty = 0.4, price = m.last_order.price and m:round_price(m.last_order.price - 0.02) }
  elseif way == 12 and m.last_order and m.last_order.is_open then o, e = m.last_order:cancel() end
  if type(o) == 'userdata' then m.last_order = o end
  line('way', way, side, o, e and e.code)
end
function on_bar(m, b)
  line('bar', b.open, b.high, b.low, b.close, b.volume, m.last, m.tick, m.lot)
  line('own', m.s1(), m.e1(), m.w1(), m.h1(), m.r1(), m.a1(), m.mac(), m.mac.signal, m.mac.histogram, m.bol.upper, m.bol.lower, m.dev(), m.z())
  line('more', m.don.upper, m.don.lower, m.kel.upper, m.kel.middle, m.adx1(), m.adx1.plus, m.sto.k, m.sto.d, m.cci1(), m.mfi1(), m.obv1(), m.slo())
  line('rest', m.v1(), m.v2(), m.sup(), m.sup.direction, m.par(), m.par.direction, m.piv.high, m.piv.low, m.s1(2), m.e1(1), cross_above(m.e1, m.s1), cross_below(m.e1, b.close))
  line('long', m.f1(), m.f2(), m.g1(), m.k1(), m.k2(), m.d1(), m.fz(), m.vv(), m.five.count, m.brick.count, m.vol.count, m.dol.count)
  local f, k, v = m.five[1], m.brick[2], m.vol[1]
  line('bars', f and f.open, f and f.high, f and f.low, f and f.volume, k and k.close, k and k.time, v and v.volume, v and v.open, m.ha[1] and m.ha[1].open)
  local q = m.position
  line('held', q.qty, q.side, q.average, q.realised, q.unrealised, q.trips, account.cash, account.used, account.free, account.equity, account('BTC', 'free'))
  for i, o in ipairs(m:orders()) do line('open', i, o.side, o.qty, o.filled, o.remaining, o.price, o.stop, o.state, o.tag) end
  m.seen = { (m.seen and m.seen[1] or 0) + 1, { at = b.time, [b.close] = true } }
  state.sum, state.odd = (state.sum or 0) + b.close, not state.odd
  line('kept', m.seen[1], m.seen[2].at // 60000000000, state.sum, state.odd, state.ticks, m.last_order and m.last_order.state, m:busy())
  entry(m, b)
  if m.seen[1] % 17 == 0 then line('wrong', pcall(m.buy, m, { qty = -1 }), select(2, pcall(m.sell, m, { qtty = 1 }))) end
end
function on_fill(m, f) line('fill', f.side, f.qty, f.price, f.fee, f.fee_asset, f.liquidity, f.order_id, f.time, m.position.qty, m.position.dust) end
function on_order(m, o) line('order', o, o.side, o.type, o.tif, o.role, o.tag, o.state, o.status, o.open, o.reason, o.price, o.stop, o.qty, o.filled, o.remaining, o.average, o.fee) end
