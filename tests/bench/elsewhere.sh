#!/bin/sh
# elsewhere.sh OUTCRY (S2): what rests, is protected or is held in other markets costs an order nothing: instructions a bar with a market
# order on each, by callgrind, as the difference of 1,500 and 500 bars of one market, beside the same with 10,000 limit orders, and with
# 2,500 brackets, that rest in another one: at most 1.05 times as many.
set -u
outcry=$(realpath "$1")
command -v valgrind >/dev/null || exit 77
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
mkdir 500 1500
awk 'BEGIN { x = 100000; r = 12345; head = "timestamp,open,high,low,close,volume"
    print head >"500/A-USDT.csv"; print head >"1500/A-USDT.csv"; print head >"B-USDT.csv"
    for (i = 0; i < 1500; i++) {
        r = (r * 1103515245 + 12345) % 2147483648; o = x; x += int(r / 65536) % 21 - 10; h = (o > x ? o : x) + 3; l = (o < x ? o : x) - 3
        line = sprintf("%d,%.2f,%.2f,%.2f,%.2f,100000", 1704067200 + 60 * i, o / 100, h / 100, l / 100, x / 100)
        print line >"1500/A-USDT.csv"; if (i < 500) print line >"500/A-USDT.csv"; if (i < 60) print line >"B-USDT.csv" } }'
cat >orders.lua <<'LUA'
local P <const> = params { resting = 0, brackets = 0 }
local placed = 0
function on_bar(m, b)
  if m.symbol ~= "B/USDT" then
    if m.position.qty > 0 then m:close() else m:buy(1) end
    return
  end
  for i = 1, 250 do
    if placed >= P.resting + P.brackets then return end
    placed = placed + 1
    if P.brackets > 0 then m:buy(0.001, { stop_loss = 900 + i % 100 / 100, take_profit = 1500 + i / 100 })
    else m:buy(0.001, { price = 900 + i % 100 / 100 }) end
  end
end
LUA
count() { # BARS PARAMETER
    OUTCRY__STRATEGY__DEADLINE=10m valgrind --tool=callgrind --callgrind-out-file=/dev/null "$outcry" backtest orders.lua "$1/A-USDT.csv" B-USDT.csv \
        --cash '100000000 USDT' --end hold -p "$2" --quiet 2>&1 >/dev/null | sed -n 's/.*Collected : \([0-9]*\).*/\1/p'
}
bad=0 none=0
for what in resting=0 resting=10000 brackets=2500; do
    long=$(count 1500 $what) short=$(count 500 $what)
    [ -n "$long" ] && [ -n "$short" ] || { echo "elsewhere: $what did not run"; exit 1; }
    each=$(((long - short) / 1000))
    [ $what = resting=0 ] && none=$each
    echo "instructions a bar with an order, $what elsewhere: $each"
    [ "$each" -gt 2000 ] && [ $((each * 100)) -le $((none * 105)) ] || bad=1
done
exit $bad
