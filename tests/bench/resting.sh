#!/bin/sh
# resting.sh OUTCRY: a bar costs what the orders of its own market cost (S2): instructions a bar, by callgrind, as the difference of 6,000 and
# 3,000 bars of one market, beside the same with 2,000 orders that rest in another one: at most 1.05 times as many.
set -u
outcry=$(realpath "$1")
command -v valgrind >/dev/null || exit 77
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
mkdir 3000 6000
awk 'BEGIN { x = 100000; r = 12345
    for (i = 0; i < 6000; i++) {
        file = "6000/A-USDT.csv"; if (i == 0) { print "timestamp,open,high,low,close,volume" >file; print "timestamp,open,high,low,close,volume" >"3000/A-USDT.csv" }
        r = (r * 1103515245 + 12345) % 2147483648; o = x; x += int(r / 65536) % 21 - 10; h = (o > x ? o : x) + 3; l = (o < x ? o : x) - 3
        line = sprintf("%d,%.2f,%.2f,%.2f,%.2f,1000", 1704067200 + 60 * i, o / 100, h / 100, l / 100, x / 100)
        print line >file; if (i < 3000) print line >"3000/A-USDT.csv"; if (i < 20) print line >"first" } }'
{ echo timestamp,open,high,low,close,volume; cat first; } >B-USDT.csv
cat >rest.lua <<'LUA'
local P <const> = params { n = 0 }
local placed = 0
function on_bar(m, b)
  if m.symbol ~= "B/USDT" or placed >= P.n then return end
  for i = 1, 400 do
    placed = placed + 1
    m:buy(0.001, { price = 900 + i % 100 / 100 })
  end
end
LUA
count() { # RESTING BARS
    OUTCRY__STRATEGY__DEADLINE=10m valgrind --tool=callgrind --callgrind-out-file=/dev/null "$outcry" backtest rest.lua "$2/A-USDT.csv" B-USDT.csv \
        --cash '100000000 USDT' --end hold -p n="$1" --quiet 2>&1 >/dev/null | sed -n 's/.*Collected : \([0-9]*\).*/\1/p'
}
none=$((($(count 0 6000) - $(count 0 3000)) / 3000)) many=$((($(count 2000 6000) - $(count 2000 3000)) / 3000))
echo "instructions a bar: $none, with 2,000 orders resting elsewhere $many"
[ "$none" -gt 500 ] && [ $((many * 100)) -le $((none * 105)) ]
