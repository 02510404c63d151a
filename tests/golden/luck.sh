#!/bin/sh
# luck.sh OUTCRY [NAME... | write]: where each strategy that comes along stands among 200 markets of chance, on real prices with fees. Compared with
# the table of docs/strategies.md (all of them, or those that are named); `write` puts the table there. Skips without OUTCRY_DATA.
set -u
outcry=$(realpath "$1")
shift
cd "$(dirname "$0")/../.." || exit 1
page=docs/strategies.md
[ -n "${OUTCRY_DATA:-}" ] || { echo "skip: OUTCRY_DATA is not set"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME="$work"
crypto=$OUTCRY_DATA/market/crypto
hours="$crypto/coinbase_btcusd_1h_2017_2019.csv.gz --cash 10000USD"
two="$crypto/ft_ethbtc_5m_201801.csv.gz $crypto/ft_ltcbtc_5m_201801.csv.gz"
four="$two $crypto/ft_etcbtc_5m_201801.csv.gz $crypto/ft_dashbtc_5m_201801.csv.gz"
ordinal='def th: (tostring) + (if . % 100 >= 11 and . % 100 <= 13 then "th" elif . % 10 == 1 then "st" elif . % 10 == 2 then "nd" elif . % 10 == 3 then "rd" else "th" end);'
row() { # NAME WHAT DATA...
    name=$1 what=$2
    shift 2
    # shellcheck disable=SC2086
    "$outcry" backtest "strategies/$name.lua" $* --fee taker=0.1% --null 200 --set research.trials=no --json >"$work/out" 2>"$work/err" ||
        { echo "$name: $(tail -n 1 "$work/err")"; exit 1; }
    jq -r --arg name "$name" --arg what "$what" "$ordinal"'
        def place(kind): .checks.null[kind].percentile | if . == null then "n/a" else floor | th end;
        "| `\($name)` | \($what) | \(.money.return * 1000 | round / 10) % | \(place("blocks")) | \(place("coins")) |"' "$work/out"
}
all="bollinger buy_and_hold chandelier dca donchian_breakout ema_macd grid momentum_rotation pairs rebalance rsi_atr rsi_reversion sma_cross supertrend"
table() {
    for name in "$@"; do
        case $name in
            pairs) row "$name" "ETH and LTC in BTC, 5 minutes" "$two --cash 10BTC" ;;
            momentum_rotation | rebalance) row "$name" "four coins in BTC, 5 minutes" "$four --cash 10BTC" ;;
            *) row "$name" "BTC/USD, hours" "$hours" ;;
        esac
    done
}
if [ "${1:-}" = write ]; then
    # shellcheck disable=SC2086
    table $all >"$work/rows" || exit 1
    awk -v rows="$work/rows" '/^<!-- luck -->$/ { print; print ""; print "| strategy | prices | return | blocks | coins |"; print "| --- | --- | --- | --- | --- |"
        while ((getline line < rows) > 0) print line; skip = 1; next }
        /^<!-- end of luck -->$/ { skip = 0; print "" } !skip' "$page" >"$work/page" && cat "$work/page" >"$page"
    exit 0
fi
# shellcheck disable=SC2086
table ${*:-$all} >"$work/rows"
bad=0
while read -r line; do
    grep -qxF -- "$line" "$page" || { echo "luck: $page does not say: $line"; bad=1; }
done <"$work/rows"
[ -s "$work/rows" ] || bad=1
[ $bad -eq 0 ] && echo "luck: $(wc -l <"$work/rows") rows as the page has them"
exit $bad
