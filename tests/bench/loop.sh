#!/bin/sh
# loop.sh OUTCRY [RUNS]: the whole process over a CSV of 50,000 bars, start, reading, report and later checks left out, beside a loop in plain Python that
# makes the same trades and keeps no books: CPU time of both, and their ratio. The fills and the money at the end must agree.
set -u
export OUTCRY__RESEARCH__CHECKS=no OUTCRY__RESEARCH__TRIALS=no # a run alone, and nothing of it is counted
outcry=$(realpath "$1")
runs=${2:-5}
command -v python3 >/dev/null || { echo "loop: skip: python3 is not installed"; exit 77; }
here=$(realpath "$(dirname "$0")")
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
${CC:-cc} -O2 -D_GNU_SOURCE -o "$scratch/timer" "$here/timer.c" || exit 1
cd "$scratch" || exit 1
awk 'BEGIN { print "timestamp,open,high,low,close,volume"; x = 4200000; r = 777
    for (i = 0; i < 50000; i++) {
        r = (r * 1103515245 + 12345) % 2147483648; o = x + int(r / 65536) % 7 - 3; x += int(r / 4096) % 2001 - 1000
        h = (o > x ? o : x) + 400; l = (o < x ? o : x) - 400
        printf "%d,%.2f,%.2f,%.2f,%.2f,100\n", 1704067200 + 60 * i, o / 100, h / 100, l / 100, x / 100 } }' >BTC-USDT.csv
cat >cross.lua <<'LUA'
strategy { name = "cross" }
function on_init(m) m.fast, m.slow = m:sma(10), m:sma(30) end
function on_bar(m, b)
  if cross_above(m.fast, m.slow) then
    if m.position.qty == 0 then m:buy(0.01) end
  elseif cross_below(m.fast, m.slow) then
    if m.position.qty > 0 then m:close() end
  end
end
LUA
set -- backtest cross.lua BTC-USDT.csv --cash '100000 USDT' --profile ideal --end hold
ours=$("$outcry" "$@" --json 2>said | jq -r '"\(.trades.fills) \(.money.final | tonumber * 100 | round / 100)"') || { cat said; exit 1; }
theirs=$(python3 "$here/loop.py" BTC-USDT.csv)
[ "$ours" = "$theirs" ] || { echo "loop: the runs differ: $ours, and the loop $theirs"; exit 1; }
one=$(./timer "$runs" "$outcry" "$@" --quiet | awk '{ print $4 }') two=$(./timer "$runs" python3 "$here/loop.py" BTC-USDT.csv | awk '{ print $4 }')
echo "$ours" | awk -v one="$one" -v two="$two" '{ printf "%d fills: outcry %.1f ms of CPU, the loop %.1f ms: %.2f\n", $1, one, two, one / two }'
