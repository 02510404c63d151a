#!/bin/sh
# start.sh [RUNS]: how long commands take to start, and the whole process over a CSV file of 50,000 bars: wall time p50
# and p99 of RUNS runs (100), and the peak of resident memory. Nothing is asserted. OUTCRY_BINARY: another program than
# build/release/outcry.
set -u
export OUTCRY__RESEARCH__CHECKS=no OUTCRY__RESEARCH__TRIALS=no # a run alone, and nothing of it is counted
cd "$(dirname "$0")/../.." || exit 1
outcry=${OUTCRY_BINARY:-build/release/outcry}
runs=${1:-100}
[ -x "$outcry" ] || { echo "start: $outcry is not there: cmake --preset release && cmake --build build/release"; exit 1; }
mkdir -p build
scratch=$(mktemp -d build/start.XXXXXX) || exit 1
trap 'rm -rf "$scratch"' EXIT
timer=$scratch/timer
${CC:-cc} -O2 -D_GNU_SOURCE -o "$timer" tests/bench/timer.c || exit 1

# 50,000 minute bars of a seeded walk, 55 bytes a line.
awk 'BEGIN { print "time,open,high,low,close,volume"; x = 3712345; r = 12345
    for (i = 0; i < 50000; i++) {
        r = (r * 1103515245 + 12345) % 2147483648; o = x; x += int(r / 65536) % 2001 - 1000; if (x < 100000) x = 100000
        h = (o > x ? o : x) + 100; l = (o < x ? o : x) - 100
        printf "%d000,%d.%02d,%d.%02d,%d.%02d,%d.%02d,%d.%05d\n", 1700000000 + i * 60, o / 100, o % 100, h / 100, h % 100,
               l / 100, l % 100, x / 100, x % 100, 1 + r % 9, r % 100000 } }' >"$scratch/btcusdt_1m.csv"
head -n 101 "$scratch/btcusdt_1m.csv" >"$scratch/first_btcusdt_1m.csv"

printf '%-34s %10s %10s %10s %10s\n' "wall time, $runs runs" "p50 ms" "p99 ms" "peak MB" "x stick"
: >"$scratch/true.c"
echo 'int main(void) { return 0; }' >"$scratch/true.c"
${CC:-cc} -O2 -o "$scratch/empty" "$scratch/true.c" || exit 1
stick=1
row() { # NAME COMMAND...
    name=$1
    shift
    line=$("$timer" "$runs" "$@") || { echo "start: $name failed"; exit 1; }
    set -- $line
    [ "$name" = "empty program (stick)" ] && stick=$1
    printf '%-34s %10s %10s %10s %10s\n' "$name" "$1" "$2" "$3" "$(awk -v a="$1" -v b="$stick" 'BEGIN {printf "%.1f", a / b}')"
}
row "empty program (stick)" "$scratch/empty"
row "version" "$outcry" version
row "plugin list" "$outcry" plugin list
row "config check" "$outcry" config check etc/outcry.conf
row "backtest, 100 bars" "$outcry" backtest strategies/sma_cross.lua "$scratch/first_btcusdt_1m.csv" --cash '10000 USDT' --quiet
row "backtest, CSV of 50,000 bars" "$outcry" backtest strategies/sma_cross.lua "$scratch/btcusdt_1m.csv" --cash '10000 USDT' --quiet
