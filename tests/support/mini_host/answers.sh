#!/bin/sh
# answers.sh MINI_HOST PLUGINS [_wire]: every script of play/ (or play/wire/) played to its connector, held to the lines that stand
# beside it. The frames of wire/ lie in the data folder: without OUTCRY_DATA they are skipped (exit code 77).
# RECORD=1 writes the lines down anew.
set -u
mini=$1
plugins=$2
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
play=$here/play
if [ "${3:-}" = _wire ]; then
    play=$here/play/wire
    wire=${OUTCRY_DATA:-/nowhere}/wire
    if [ ! -d "$wire" ]; then
        echo "skip: frames of real venues: set OUTCRY_DATA"
        exit 77
    fi
    ln -s "$wire/coinbase" "$wire/oanda" "$work/"
    us=$wire/binanceus/capture_20211012
    # lines "TIME: {...}" and "URL -> TIME: {...}"
    gzip -dc "${us}_ws1.txt.gz" | sed -n 's/^[0-9.]*: //p' >"$work/binance_us_stream.txt"
    gzip -dc "${us}_http0.txt.gz" | sed -n '/symbol=COMPUSDT/s/^.* -> [0-9.]*: //p' >"$work/binance_us_book.json"
    # and of Binance.com, whose words the venue shares: a market stream, one message of each kind of an account, a day's feed of two markets
    gzip -dc "$wire/binance/capture_spot_20211012_ws1.txt.gz" | sed -n 's/^[0-9.]*: //p' >"$work/binance_com_stream.txt"
    jq -c . "$wire"/binance/fixtures_a/spot__user_data_json__*.json >"$work/binance_com_user.txt"
    cp "$wire"/binance/fixtures_g/*.json "$work/binance_com_mixed.txt" 2>/dev/null || cat "$wire"/binance/fixtures_g/* >"$work/binance_com_mixed.txt"
    for market in btcusdt ethusdt; do
        gzip -dc "$wire/../market/l2feed/binance_spot_${market}_20240808.feed.gz" | sed 's/^[^{]*//' | grep -v '"lastUpdateId"' >"$work/feed_$market.txt"
    done
    gzip -dc "${us}_rest.txt.gz" | sed -n '/exchangeInfo/s/^.* -> [0-9.]*: //p' >"$work/binance_us_info.json"
fi
bad=0
count=0
for script in "$play"/*.txt; do
    name=$(basename "$script" .txt)
    so=$plugins/$name.so
    "$mini" "$so" "$script" "$work" >"$work/said" 2>"$work/err" || {
        echo "FAIL $name: $(cat "$work/err")"
        bad=1
    }
    [ "${RECORD:-}" = 1 ] && cp "$work/said" "$play/$name.out"
    diff "$play/$name.out" "$work/said" || {
        echo "FAIL $name says something else"
        bad=1
    }
    count=$((count + 1))
done
[ "$count" -gt 2 ] || { echo "FAIL only $count scripts"; exit 1; }
echo "connectors_answer: $count scripts"
exit $bad
