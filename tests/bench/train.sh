#!/bin/sh
# train.sh OUTCRY: what the profile of the preset `dist` is recorded on: the rows of the bench, the shipped strategies, a CSV file, a session
# that is recorded, replayed and reported. Nothing is measured here.
set -eu
export OUTCRY__RESEARCH__CHECKS=no OUTCRY__RESEARCH__TRIALS=no # a run alone, and nothing of it is counted
outcry=$(realpath "$1")
root=$(realpath "$(dirname "$0")/../..")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
for row in bars order journal restore door; do BENCH_N=100000 "$outcry" bench $row . >/dev/null; done
awk 'BEGIN { print "time,open,high,low,close,volume"; x = 3712345; r = 12345
    for (i = 0; i < 20000; i++) {
        r = (r * 1103515245 + 12345) % 2147483648; o = x; x += int(r / 65536) % 2001 - 1000; if (x < 100000) x = 100000
        h = (o > x ? o : x) + 100; l = (o < x ? o : x) - 100
        printf "%d000,%d.%02d,%d.%02d,%d.%02d,%d.%02d,%d.%05d\n", 1700000000 + i * 60, o / 100, o % 100, h / 100, h % 100,
               l / 100, l % 100, x / 100, x % 100, 1 + r % 9, r % 100000 } }' >BTC-USDT.csv
for strategy in "$root"/strategies/*.lua; do
    case $strategy in
    *sma_cross* | *rsi* | *bracket* | *dip*) "$outcry" backtest "$strategy" BTC-USDT.csv --cash '10000 USDT' --fee taker=0.1% --quiet >/dev/null 2>&1 || true ;;
    esac
done
"$outcry" backtest "$root/strategies/sma_cross.lua" BTC-USDT.csv --cash '10000 USDT' --fee taker=0.1% --session kept --quiet >/dev/null
"$outcry" replay kept >/dev/null
"$outcry" report kept >/dev/null
