#!/bin/sh
# paper_fees.sh OUTCRY_VENUE OUTCRY FACE: the fees of an account: `outcry markets` and `outcry venue info` show them, and a paper session on the live feed pays them where its
# venue has a key and nothing is configured; it says whose they are, keeps them over a restart, and is replayed with them. A configured fee wins, and says so.
every=50ms
face=$3
. "$(dirname "$0")/face_kit.sh"
case $face in
oanda) market=EUR/USD qty=1000 cash='100000 USD' ;;
*) market=BTC/USD qty=0.001 cash='100000 USD' ;;
esac
sed '/keys: {/d' main.conf >keyless.conf
sed 's|file:rehearsal/main.secret|file:nowhere|' main.conf >broken.conf

# Shown.
"$outcry" markets $face "$market" --config main.conf --json >said.json 2>err || fail "markets: $(cat err)"
"$outcry" venue info $face --config main.conf --json >info.json 2>err || fail "venue info: $(cat err)"
"$outcry" venue info $face --config main.conf >info 2>err || fail "venue info: $(cat err)"
case $face in
oanda)
    jq -e '.[0] | .maker_fee == null and .taker_fee == null' said.json >/dev/null || fail "markets: $(cat said.json)"
    jq -e '.fees.account == "main" and .fees.taker == null' info.json >/dev/null || fail "info: $(jq -c .fees info.json)"
    grep -q '^  fees       account main: the venue says no rates$' info || fail "info: $(cat info)"
    words='fees taker 0, maker 0: the account oanda/main was asked, and has no rates'
    ;;
*)
    jq -e '.[0] | (.maker_fee | tonumber) == 0.0015 and (.taker_fee | tonumber) == 0.0025' said.json >/dev/null || fail "markets: $(cat said.json)"
    jq -e '.fees | .account == "main" and (.maker | tonumber) == 0.0015 and (.taker | tonumber) == 0.0025' info.json >/dev/null || fail "info: $(jq -c .fees info.json)"
    grep -q '^  fees       account main: maker 0.0015, taker 0.0025 of what is traded$' info || fail "info: $(cat info)"
    words="fees taker 0.0025, maker 0.0015, as the account $face/main paid when it began"
    ;;
esac
"$outcry" venue info $face --config keyless.conf >info 2>err || fail "venue info: $(cat err)"
grep -q '^  fees       not known: its first account has no key here$' info || fail "info without a key: $(cat info)"
"$outcry" venue info $face --config broken.conf >info 2>err || fail "venue info: $(cat err)"
grep -q '^  fees       not known: .*nowhere' info || fail "info with a broken key: $(cat info)"

# Paid.
begin() { # CONF FOLDER MORE...
    conf=$1 folder=$2
    shift 2
    "$outcry" paper "$here/feed.lua" --venue $face --config $conf --cash "$cash" --session $folder --listen fees.sock "$@" --json >fees.json 2>host.log &
    host=$!
    until_ [ -S fees.sock ]
}
ask() { printf '%s\n' "$@" | "$outcry" console --attach fees.sock --trade >console.log 2>&1; }
shown() { ask "$1" && says "$2" console.log; }
bought() { ask "buy $qty $market"; sleep 0.2; shown fills ' o[0-9]* *BUY '; }
end() {
    kill -INT $host
    wait $host
    code=$?
    [ $code -eq 0 ] || [ $code -eq 130 ] || fail "the session ended with $code"
    host=
}
said() { # WORDS
    jq -e --arg words "$1" '.notes | map(select(endswith($words))) | length == 1' fees.json >/dev/null || fail "'$1' is not said: $(jq -c .notes fees.json)"
}
begin main.conf own
until_ shown venues "$face .*running"
[ $face = oanda ] || until_ bought
kill -9 $host
wait $host 2>/dev/null
rm -f fees.sock
begin main.conf own
until_ says 'going on' host.log
! says 'INFO fees: ' host.log || fail 'it was asked again'
end
said "$words"
# All of it was taken, but for what a quote that moved came to: that is the maker's rate.
[ $face = oanda ] || jq -e '(if .trades.makers > 0 then 0.00149 else 0.00249 end) as $least | .costs | (.fees | tonumber) > 0 and (.fee_rate | tonumber) > $least and (.fee_rate | tonumber) < 0.00251' fees.json >/dev/null || fail "no fee was paid: $(jq -c '[.trades, .costs]' fees.json)"
"$outcry" replay own --diff >replayed 2>&1 || fail "a replay differs: $(cat replayed)"
"$outcry" report own --json | jq -e --arg words "$words" '.notes | map(select(endswith($words))) | length == 1' >/dev/null || fail 'the report of the folder does not say whose fees they are'
rm -f fees.sock
begin main.conf other --fee taker=0.1%
end
said 'fees taker 0.1%, maker 0, of the configuration: the venue is not asked'
rm -f fees.sock
begin keyless.conf free
end
said 'fees taker 0, maker 0: none is configured, and the venue is not asked'
timeout 30 "$outcry" paper "$here/feed.lua" --venue $face --config main.conf --cash "$cash" --session own --listen none --fee taker=0.1% >out 2>err && fail 'another fee was taken by what goes on'
grep -q 'it is another one: sim.paper.taker_fee\|it is another one: what it is made of' err || fail "another fee: $(cat err)"
timeout 30 "$outcry" paper "$here/feed.lua" --venue $face --config broken.conf --cash "$cash" --session lost --listen none >out 2>err && fail 'a key that is not there is passed over'
grep -q 'nowhere' err && grep -q -- '--fee taker=RATE,maker=RATE' err || fail "a broken key: $(cat err)"
tell orders all
tell quit
wait $pid || fail "the venue ends with $?"
pid=
! grep '^[0-9]* main ' said | grep -qv '^1 ' || fail 'the venue has an order of a paper session'
echo "its own fees at $face"
