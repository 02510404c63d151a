#!/bin/sh
# paper_feed.sh OUTCRY_VENUE OUTCRY: a paper session on a live feed, without a key: what takes walks the venue's order book, what rests waits for what stands before it, by a
# strategy and by hand; the venue hears of no account and no order; killed, it goes on; its folder is kept; it is replayed to the byte.
face=binanceus
. "$(dirname "$0")/face_kit.sh"
sed -i '/keys: {/d; s/accounts = \["main"\]; //' main.conf
begin() {
    "$outcry" paper "$here/feed.lua" --venue binanceus --config main.conf --cash '100000 USD' --listen life.sock --set sim.paper.taker_fee=0.001 \
        "$@" --json >life.json 2>>host.log &
    host=$!
}
ask() { printf '%s\n' "$@" | "$outcry" console --attach life.sock --trade >console.log 2>&1; }
shown() { ask "$1" && says "$2" console.log; }
begin
until_ shown 'venues' 'binanceus .*running'
tell buy 0.5 BTCUSD @ 59979.25 at the website
until_ shown 'book' '0\.5000 .*59,979\.25'
tell buy 0.001 BTCUSD at the website of second
until_ says 'filled buy 0.0[0-9]* at 6[0-9.]* taker, at once true\|filled buy 0.0[0-9]* at 59[0-9.]* taker, at once true' host.log
# By hand: at once as well.
ask 'buy 0.002 BTC/USD' 'fills'
until_ shown 'fills' ' o3 *BUY '
folder=$(echo sessions/paper-*)
[ -d "$folder" ] || fail 'the session has no folder of its own'
kill -9 $host
wait $host 2>/dev/null
begin --session "$folder"
until_ says 'orders open; going on' host.log
until_ shown 'orders' 'o2 .*59,979\.25 .*accepted'
# 0.5 stand before it: what sells 0.502 through them reaches it with 0.002.
tell sell 0.502 BTCUSD @ 59979.25 at the website of second
until_ says 'filled buy 0.00200 at 59979.25 maker' host.log
kill -INT $host
wait $host
code=$?
[ $code -eq 0 ] || [ $code -eq 130 ] || fail "the session ended with $code"
host=
jq -e '.trades.fills >= 3 and (.notes | map(select(startswith("prices: as the venue binanceus"))) | length == 1)' life.json >/dev/null ||
    fail "the report says $(jq -c '[.trades, .notes]' life.json)"
"$outcry" replay "$folder" --diff >replayed 2>&1 || fail "a replay differs: $(cat replayed)"
tell orders all
tell quit
wait $pid || fail "the venue ends with $?"
pid=
! grep '^[0-9]* main ' said | grep -qv '^1 ' || fail 'the venue has an order of the paper session'
