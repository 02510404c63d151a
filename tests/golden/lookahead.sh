#!/bin/sh
# lookahead.sh OUTCRY: each golden run is repeated with the data cut at some bars; what was decided before the cut must be the
# same, trip by trip. A strategy or simulator that looks ahead decides otherwise when the future is missing.
set -u
outcry=$1
cd "$(dirname "$0")/../.." || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0
seed=20240101
cuts=10

# The round trips that were over before the instant, one a line.
trips() { jq -r --arg until "$2" '.trips[] | select((.open | not) and .exit < $until) | [.entry, .exit, .side, .qty, .net] | @tsv' "$1"; }

check() { # NAME FIRST_EPOCH_S STEP_S BARS ARGUMENTS...
    name=$1; first=$2; step=$3; bars=$4
    shift 4
    "$outcry" backtest "$@" --end hold --json >"$work/whole.json" 2>"$work/err" || { cat "$work/err"; bad=1; return; }
    cut=0
    while [ $cut -lt $cuts ]; do
        cut=$((cut + 1))
        seed=$(((seed * 1103515245 + 12345) % 2147483648))
        bar=$((100 + seed / 16 % (bars - 200)))
        until=$(date -u -d "@$((first + bar * step))" +%Y-%m-%dT%H:%M:%SZ)
        "$outcry" backtest "$@" --end hold --to "$until" --json >"$work/cut.json" 2>"$work/err" || { cat "$work/err"; bad=1; return; }
        trips "$work/whole.json" "$until" >"$work/a"
        trips "$work/cut.json" "$until" >"$work/b"
        cmp -s "$work/a" "$work/b" || { echo "$name cut at $until: decisions before the cut differ"; diff "$work/a" "$work/b" | head -5; bad=1; }
    done
}

check synthetic 1704067200 60 20000 strategies/sma_cross.lua synthetic-bars:20000 --cash '10000 USDT' --fee taker=0.1%
check synthetic_rsi 1704067200 60 20000 strategies/rsi_reversion.lua synthetic-bars:20000 --cash '10000 USDT'
cuts=3 # the others differ in what they read, and each reads the same way at any bar
for name in ema_macd bollinger donchian_breakout supertrend; do
    check "synthetic_$name" 1704067200 60 20000 "strategies/$name.lua" synthetic-bars:20000 --cash '10000 USDT'
done
walks=$(sh tests/golden/walks.sh 4 3000)
for name in pairs rebalance momentum_rotation; do # shellcheck disable=SC2086
    check "walks_$name" 1704067200 3600 3000 "strategies/$name.lua" $walks --cash '10000 USDT'
done
cuts=10
if [ -n "${OUTCRY_DATA:-}" ]; then
    crypto=$OUTCRY_DATA/market/crypto
    check binanceus 1677628800 60 30240 strategies/sma_cross.lua "$crypto/binanceus_btcusdt_1m_20230301_20230321.csv.gz" \
        --cash '10000 USDT' --fee taker=0.1% --profile ideal
    check coinbase 1417392000 86400 1318 strategies/sma_cross.lua "$crypto/coinbase_btcusd_1d_trade_2014_2018.csv.gz" \
        --cash '10000 USD' --fee taker=0.1% --profile ideal
    check spy 883699200 86400 8000 strategies/sma_cross.lua "$OUTCRY_DATA/market/equity/spy_1d_1998_2021.csv.gz" \
        --cash '10000 USD' --fee taker=0.1% --profile ideal
    check cme 1704150000 60 40000 strategies/sma_cross.lua "$OUTCRY_DATA/market/futures/cme_6EH4_1m_202401.csv.gz" \
        --cash '10000 USD' --fee taker=0.1% --profile ideal
else
    echo "skip: look-ahead on real data: set OUTCRY_DATA"
fi
[ $bad = 0 ] && echo "no run looks ahead"
exit $bad
