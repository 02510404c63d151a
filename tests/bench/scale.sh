#!/bin/sh
# scale.sh OUTCRY (S4, S5): what an event costs with 1,000 instruments held, and with 1,000 strategies that wait for their fills, beside none:
# instructions a bar, by callgrind, as the difference of 700 and 300 bars of one market: at most 1.3 and 1.1 times as many. Then the
# resident memory of a waiting strategy, which is shown and bounded against growth.
set -u
outcry=$(realpath "$1")
command -v valgrind >/dev/null || exit 77
timer=$(mktemp -d)
trap 'rm -rf "$timer"' EXIT
${CC:-cc} -O2 -D_GNU_SOURCE -o "$timer/timer" "$(dirname "$0")/timer.c" || exit 1
cd "$timer" || exit 1
mkdir held idle short long
awk 'BEGIN { x = 100000; r = 12345; head = "timestamp,open,high,low,close,volume"
    print head >"short/A-USDT.csv"; print head >"long/A-USDT.csv"
    for (i = 0; i < 700; i++) {
        r = (r * 1103515245 + 12345) % 2147483648; o = x; x += int(r / 65536) % 21 - 10; h = (o > x ? o : x) + 3; l = (o < x ? o : x) - 3
        line = sprintf("%d,%.2f,%.2f,%.2f,%.2f,100000", 1704067200 + 60 * i, o / 100, h / 100, l / 100, x / 100)
        print line >"long/A-USDT.csv"; if (i < 300) print line >"short/A-USDT.csv"; if (i < 6) few = few "\n" line }
    for (n = 1; n < 1000; n++) { file = sprintf("held/M%03d-USDT.csv", n); print head few >file; close(file)
        file = sprintf("idle/idle%03d.lua", n)
        printf "strategy { name = \"idle%03d\" }\nlocal seen = 0\nfunction on_fill(m, f) seen = seen + 1 end\n", n >file; close(file) } }'
cat >one.lua <<'LUA'
strategy { name = "one" }
function on_bar(m, b)
  if m.symbol ~= "A/USDT" and m.position.qty == 0 and not m:busy() then m:buy(1) end
end
LUA
count() { # FOLDER WORDS...
    folder=$1
    shift
    OUTCRY__STRATEGY__DEADLINE=10m valgrind --tool=callgrind --callgrind-out-file=/dev/null "$outcry" backtest one.lua "$folder/A-USDT.csv" "$@" \
        --cash '100000000 USDT' --end hold --quiet 2>&1 >/dev/null | sed -n 's/.*Collected : \([0-9]*\).*/\1/p'
}
bad=0
each() { # NAME LIMIT WORDS...
    name=$1 limit=$2
    shift 2
    more=$(count long "$@") less=$(count short "$@")
    [ -n "$more" ] && [ -n "$less" ] || { echo "scale: $name did not run"; exit 1; }
    now=$(((more - less) / 400))
    [ "$limit" = 0 ] && none=$now
    echo "instructions a bar, $name: $now"
    [ "$limit" = 0 ] || [ $((now * 100)) -le $((none * limit)) ] || bad=1
}
each none 0
each "1,000 instruments held" 130 held/*
each "1,000 strategies that wait" 110 idle/*
peak() { "./timer" 3 "$outcry" backtest "$@" short/A-USDT.csv --cash '1000 USDT' --quiet | awk '{ print int($3 * 1024) }'; }
few=$(peak idle/idle1*) all=$(peak idle/*)
kilobytes=$(((all - few) / 899))
echo "memory of a strategy that waits: $kilobytes KB"
[ "$kilobytes" -gt 10 ] && [ "$kilobytes" -le 64 ] || bad=1
exit $bad
