#!/bin/sh
# indicators.sh OUTCRY [NAME...]: what a built-in indicator costs beside the same in plain Lua: instructions a bar, by callgrind, as the
# difference of 6,000 and 2,000 bars, less those of a strategy that does nothing. Both are read once a bar from a local variable. Without
# names all are measured. At most 0.80 times as many. The last value of both is compared: they are the same indicator.
set -u
outcry=$(realpath "$1")
shift
command -v valgrind >/dev/null || exit 77
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
bad=0

# both NAME CALL BODY: CALL makes the indicator on m; BODY, in a callback with h, l, c, v at hand as it wants, sets x.
both() {
    {
        echo "local i local x function on_init(m) i = m:$2 end"
        echo "function on_bar(m, b) x = i() end function on_stop() print(('last %.6f'):format(x)) end"
    } >"$1.c.lua"
    {
        echo "local x, n = nil, 0"
        echo "$3" | sed -n '/^---$/q;p'
        echo "function on_bar(m, b) n = n + 1"
        echo "$3" | sed '1,/^---$/d'
        echo "end function on_stop() print(('last %.6f'):format(x)) end"
    } >"$1.lua.lua"
    echo "$1" >>names
}

ring='local ring, at, sum = {}, 0, 0 for i = 1, 20 do ring[i] = 0 end'
both sma 'sma(20)' "$ring
---
local c = b.close at = at % 20 + 1 sum = sum + c - ring[at] ring[at] = c if n >= 20 then x = sum / 20 end"
both ema 'ema(20)' 'local sum, v, k = 0, 0, 2 / 21
---
local c = b.close
if n > 20 then v = v + (c - v) * k x = v else sum = sum + c if n == 20 then v = sum / 20 x = v end end'
both wma 'wma(20)' "$ring local w = 0
---
local c = b.close at = at % 20 + 1 w = w + 20 * c - sum sum = sum + c - ring[at] ring[at] = c if n >= 20 then x = w / 210 end"
both hma 'hma(16)' 'local r, at, s1, w1, s2, w2, s3, w3, d, da = {}, 0, 0, 0, 0, 0, 0, 0, { 0, 0, 0, 0 }, 0 for i = 1, 16 do r[i] = 0 end
---
local c = b.close at = at % 16 + 1
w1 = w1 + 16 * c - s1 s1 = s1 + c - r[at]
local h = at - 8 if h < 1 then h = h + 16 end
w2 = w2 + 8 * c - s2 s2 = s2 + c - r[h] r[at] = c
if n >= 16 then
  local v = 2 * w2 / 36 - w1 / 136 da = da % 4 + 1
  w3 = w3 + 4 * v - s3 s3 = s3 + v - d[da] d[da] = v if n >= 19 then x = w3 / 10 end
end'
both macd 'macd(12, 26, 9)' 'local s1, s2, s3, f, s, g, k1, k2, k3 = 0, 0, 0, 0, 0, 0, 2 / 13, 2 / 27, 2 / 10
---
local c = b.close
if n > 12 then f = f + (c - f) * k1 else s1 = s1 + c f = s1 / 12 end
if n > 26 then s = s + (c - s) * k2 else s2 = s2 + c s = s2 / 26 end
if n >= 26 then
  local d = f - s if n > 34 then g = g + (d - g) * k3 else s3 = s3 + d g = s3 / 9 end
  if n >= 34 then x = d end
end'
both rsi 'rsi(14)' 'local up, down, last = 0, 0, nil
---
local c = b.close
if last then
  local d = c - last local g, s = d > 0 and d or 0, d < 0 and -d or 0
  if n <= 15 then up = up + g / 14 down = down + s / 14
  else up = (up * 13 + g) / 14 down = (down * 13 + s) / 14 end
  if n >= 15 then x = up + down > 0 and 100 * up / (up + down) or 50 end
end
last = c'
atr='local last, sum, atr = nil, 0, 0
local function range(h, l, c)
  local r = h - l
  if last then local u, d = h - last, last - l if u > r then r = u end if d > r then r = d end end
  last = c
  return r
end'
both atr 'atr(14)' "$atr
---
local r = range(b.high, b.low, b.close)
if n > 14 then atr = (atr * 13 + r) / 14 x = atr else sum = sum + r if n == 14 then atr = sum / 14 x = atr end end"
deviation='local c = b.close at = at % 20 + 1 local o = ring[at]
sum = sum + c - o squares = squares + c * c - o * o ring[at] = c
local mean = sum / 20 local var = squares / 20 - mean * mean local sd = var > 0 and math.sqrt(var) or 0'
both stddev 'stddev(20)' "$ring local squares = 0
---
$deviation if n >= 20 then x = sd end"
both zscore 'zscore(20)' "$ring local squares = 0
---
$deviation if n >= 20 then x = sd > 0 and (c - mean) / sd or nil end"
both bollinger 'bollinger(20, 2)' "$ring local squares = 0 local lower
---
$deviation if n >= 20 then x, lower = mean + 2 * sd, mean - 2 * sd end"
extremes='local hi, lo, at = {}, {}, 0 for i = 1, 20 do hi[i], lo[i] = -math.huge, math.huge end local top, bottom, ta, ba = -math.huge, math.huge, 1, 1
local function extremes(h, l)
  at = at % 20 + 1 hi[at], lo[at] = h, l
  if h >= top then top, ta = h, at elseif ta == at then top = -math.huge for i = 1, 20 do if hi[i] > top then top, ta = hi[i], i end end end
  if l <= bottom then bottom, ba = l, at elseif ba == at then bottom = math.huge for i = 1, 20 do if lo[i] < bottom then bottom, ba = lo[i], i end end end
end'
both donchian 'donchian(20)' "$extremes local middle
---
extremes(b.high, b.low) if n >= 20 then x, middle = top, (top + bottom) / 2 end"
both stochastic 'stochastic(20, 3, 3)' "$extremes local k1, k2, d1, d2, d = 0, 0, 0, 0, 0
---
extremes(b.high, b.low)
if n >= 20 then
  local raw = top > bottom and 100 * (b.close - bottom) / (top - bottom) or 50
  local k = (raw + k1 + k2) / 3 k2, k1 = k1, raw
  d = (k + d1 + d2) / 3 d2, d1 = d1, k if n >= 24 then x = k end
end"
both keltner 'keltner(20, 10, 2)' "$atr local es, ema, lower = 0, 0, nil
---
local c = b.close local r = range(b.high, b.low, c)
if n > 20 then ema = ema + (c - ema) * (2 / 21) else es = es + c ema = es / 20 end
if n > 10 then atr = (atr * 9 + r) / 10 else sum = sum + r atr = sum / 10 end
if n >= 20 then x, lower = ema + 2 * atr, ema - 2 * atr end"
both adx 'adx(14)' "$atr local ph, pl, tr, p, m_, adx, as = nil, nil, 0, 0, 0, 0, 0
---
local h, l = b.high, b.low local r = range(h, l, b.close)
if ph then
  local u, d = h - ph, pl - l local a, e = u > d and u > 0 and u or 0, d > u and d > 0 and d or 0
  if n > 15 then tr = tr - tr / 14 + r p = p - p / 14 + a m_ = m_ - m_ / 14 + e else tr = tr + r p = p + a m_ = m_ + e end
  if n >= 15 then
    local pi, mi = 100 * p / tr, 100 * m_ / tr local dx = pi + mi > 0 and 100 * math.abs(pi - mi) / (pi + mi) or 0
    if n > 28 then adx = (adx * 13 + dx) / 14 x = adx else as = as + dx if n == 28 then adx = as / 14 x = adx end end
  end
end
ph, pl = h, l"
both cci 'cci(20)' "$ring
---
local t = (b.high + b.low + b.close) / 3 at = at % 20 + 1 sum = sum + t - ring[at] ring[at] = t
if n >= 20 then
  local mean, away = sum / 20, 0
  for i = 1, 20 do local d = ring[i] - mean away = away + (d < 0 and -d or d) end
  x = away > 0 and (t - mean) / (0.015 * away / 20) or nil
end"
both mfi 'mfi(14)' 'local up, down, at, pos, neg, last = {}, {}, 0, 0, 0, nil for i = 1, 14 do up[i], down[i] = 0, 0 end
---
local t = (b.high + b.low + b.close) / 3
if last then
  local f = t * b.volume local u, d = t > last and f or 0, t < last and f or 0
  at = at % 14 + 1 pos = pos + u - up[at] neg = neg + d - down[at] up[at], down[at] = u, d
  if n >= 15 then x = pos + neg > 0 and 100 * pos / (pos + neg) or 50 end
end
last = t'
both obv 'obv()' 'local last, sum
---
local c = b.close if not last then sum = 0 elseif c > last then sum = sum + b.volume elseif c < last then sum = sum - b.volume end
last = c x = sum'
both vwap 'vwap()' 'local day, money, volume
---
local d = b.open_time // 86400000000000 if d ~= day then day, money, volume = d, 0, 0 end
local v = b.volume money = money + (b.high + b.low + b.close) / 3 * v volume = volume + v x = volume > 0 and money / volume or nil'
both slope 'slope(20)' "$ring local w = 0
---
local c = b.close at = at % 20 + 1 w = w + 20 * c - sum sum = sum + c - ring[at] ring[at] = c
if n >= 20 then x = 6 * (2 * w - 21 * sum) / (20 * 399) end"
both supertrend 'supertrend(10, 3)' "$atr local pc, up, lo, dir
---
local h, l, c = b.high, b.low, b.close local r = range(h, l, c)
if n > 10 then atr = (atr * 9 + r) / 10 else sum = sum + r atr = sum / 10 end
if n >= 10 then
  local mid, w = (h + l) / 2, 3 * atr local a, e = mid + w, mid - w
  if not dir then up, lo, dir = a, e, -1 else
    if a < up or pc > up then up = a end if e > lo or pc < lo then lo = e end
    if dir < 0 then dir = c > up and 1 or -1 else dir = c < lo and -1 or 1 end
  end
  x = dir > 0 and lo or up
end
pc = c"
both sar 'sar(0.02, 0.02, 0.2)' 'local ph, pl, up, stop, ep, af
---
local h, l = b.high, b.low
if ph then
  if n == 2 then
    local u, d = h - ph, pl - l up = not (d > u and d > 0)
    stop, ep, af = up and pl or ph, up and h or l, 0.02
  end
  if up and l <= stop or not up and h >= stop then
    up = not up stop = ep
    if up then if stop > pl then stop = pl end if stop > l then stop = l end else if stop < ph then stop = ph end if stop < h then stop = h end end
    ep, af = up and h or l, 0.02
  elseif up and h > ep or not up and l < ep then
    ep = up and h or l af = af + 0.02 if af > 0.2 then af = 0.2 end
  end
  x = stop
  stop = stop + af * (ep - stop)
  if up then if stop > pl then stop = pl end if stop > l then stop = l end else if stop < ph then stop = ph end if stop < h then stop = h end end
end
ph, pl = h, l'
both pivots 'pivots(5, 5)' 'local hi, lo, at, low, ha, la = {}, {}, 0, nil, 0, 0
---
at = at % 11 + 1 hi[at], lo[at] = b.high, b.low ha, la = ha + 1, la + 1
if n >= 11 then
  local mid = (at + 5) % 11 + 1 local p, is = hi[mid], true
  for i = 1, 5 do if hi[(mid + i - 1) % 11 + 1] >= p then is = false break end end
  if is then for i = 6, 10 do if hi[(mid + i - 1) % 11 + 1] > p then is = false break end end end
  if is then x, ha = p, 5 end
  p, is = lo[mid], true
  for i = 1, 5 do if lo[(mid + i - 1) % 11 + 1] <= p then is = false break end end
  if is then for i = 6, 10 do if lo[(mid + i - 1) % 11 + 1] < p then is = false break end end end
  if is then low, la = p, 5 end
end'
echo 'function on_bar(m, b) end' >nothing.lua

count() { # FILE: instructions a bar
    for bars in 2000 6000; do
        OUTCRY__STRATEGY__DEADLINE=10m valgrind --tool=callgrind --callgrind-out-file=/dev/null "$outcry" backtest "$1" "synthetic-bars:$bars" \
            --cash '10000 USDT' --quiet 2>&1 >/dev/null | sed -n 's/.*Collected : \([0-9]*\).*/\1/p'
    done | awk 'NR == 1 { a = $1 } NR == 2 { printf "%d\n", ($1 - a) / 4000 }'
}
last() { "$outcry" backtest "$1" synthetic-bars:6000 --cash '10000 USDT' 2>&1 | sed -n 's/.*last //p'; }

nothing=$(count nothing.lua)
[ "$nothing" -gt 500 ] || { echo "indicators: nothing was counted"; exit 1; }
printf '%-12s %8s %8s %6s\n' indicator built-in 'plain Lua' ratio
for name in ${*:-$(cat names)}; do
    a=$(last "$name.c.lua") b=$(last "$name.lua.lua")
    awk -v a="$a" -v b="$b" 'BEGIN { d = a - b; exit !(a != "" && b != "" && d * d < 1e-8) }' ||
        { echo "$name: built-in ends at '$a', plain Lua at '$b'"; bad=1; }
    ours=$(($(count "$name.c.lua") - nothing)) lua=$(($(count "$name.lua.lua") - nothing))
    printf '%-12s %8d %8d %6.2f\n' "$name" "$ours" "$lua" "$(awk -v a=$ours -v b=$lua 'BEGIN { print a / b }')"
    [ $((ours * 100)) -le $((lua * 80)) ] || { echo "$name: more than 0.80 of the same in plain Lua"; bad=1; }
done
exit $bad
