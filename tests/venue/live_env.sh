#!/bin/sh
# live_env.sh OUTCRY_VENUE OUTCRY: the environment `live` as far as it goes: the connector's own addresses, here behind a proxy and with a certificate of
# their names. A question needs no key; places of a configuration, and keys of another environment, are refused before anything is reached; orders are
# real money, and leave when the account was named.
more='proxy = "http://127.0.0.1:PROXY"; '
face=binanceus
. "$(dirname "$0")/face_kit.sh"
session=
trap 'kill -9 $pid $host $session 2>/dev/null; rm -rf "$w"' EXIT
echo quit >&8
wait $pid
begin_venue() { # PORT
    "$venue" binanceus --port "$1" --every 1h --names api.binance.us,stream.binance.us <prompt >said 2>&1 &
    pid=$!
    exec 8>prompt
    until_ says '^account second' said
}
begin_venue 0
: >proxy.log
perl "$here/relay.pl" "$(sed -n 's/^listens: localhost:\([0-9]*\).*/\1/p' said)" >proxy.log 2>&1 &
host=$!
until_ says '^[0-9]' proxy.log
sed -i "s/PROXY/$(head -n 1 proxy.log)/; s/environment = \"local\"/environment = \"live\"/; /endpoint:/d; /keys:/d" main.conf
info() { # CODE ARGUMENTS...
    code=$1
    shift
    "$outcry" venue info binanceus "$@" >out 2>err
    got=$?
    [ $got = "$code" ] || fail "venue info $*: exit code $got in place of $code: $(cat out err)"
}
info 0 --config main.conf
grep -q '^binanceus: outcry.binanceus [0-9.]*, environment live$' out || fail "who it is: $(cat out)"
grep -q '^  reached    rest https://api.binance.us: in [0-9.]* ms' out || fail "its own place: $(cat out)"
grep -q '^             stream wss://stream.binance.us:9443: in [0-9.]* ms' out || fail "its own stream: $(cat out)"
sed 's/accounts = \["main"\]; //' main.conf >bare.conf
info 0 --config bare.conf # nor an account
"$outcry" markets binanceus btc --config bare.conf >out 2>err || fail "markets without an account: $(cat out err)"
grep -q '^BTC/USD ' out || fail "markets: $(cat out)"
"$outcry" reconcile binanceus --config bare.conf >out 2>err && fail "accounts are asked about without a key"
grep -q 'it asks about accounts, and no account of this venue has a key' err || fail "reconcile: $(cat err)"
grep -qx 'api.binance.us:443' proxy.log && grep -qx 'stream.binance.us:9443' proxy.log || fail "by the proxy: $(cat proxy.log)"
refuses() { # WORDS EDIT
    sed "$2" main.conf >bad.conf
    info 3 --config bad.conf
    grep -qF -- "$1" err || fail "'$1' is not said: $(cat err)"
}
refuses "where a venue is, its connector says: only the environment local has places of a configuration: found 'https://localhost:1'" \
    's|ca_file|endpoint: { rest = "https://localhost:1"; }; ca_file|'
refuses "venue.binanceus.environment: its connector knows no place of rest in this environment: found 'testnet', expected live, local" 's/"live"/"testnet"/'
refuses "venue.binanceus.environment: found 'prod', expected live, practice, testnet or local" 's/"live"/"prod"/'
refuses "found 'live', expected local: a transcript stands for the exchange" 's/link = "network"/transcript = "day.txt"/; /ca_file/d; /proxy/d'
cat >day.lua <<'END'
function on_start() end
END
runs() { # CODE ARGUMENTS...
    code=$1
    shift
    "$outcry" run day.lua --venue binanceus --config main.conf --cash '1000 USD' --listen none "$@" >out 2>err
    got=$?
    [ $got = "$code" ] || fail "run $*: exit code $got in place of $code: $(cat out err)"
}
limits='--max-order-value 100 --waive max_position --max-day-loss 50'
: >proxy.log
runs 3
grep -q "venue binanceus: orders here are real money, and this is not said: the account's name: --live main; what strategies trade with: --capital '500 USDT'; max_order_value: --max-order-value 50, or --waive max_order_value; position_limit: .*; max_daily_loss: " err || fail "what is missing: $(cat err)"
# shellcheck disable=SC2086 # a list
runs 3 $limits --live other --capital '500 USD'
grep -q "this is no account of the session: found 'other', expected main" err || fail "another account: $(cat err)"
[ ! -s proxy.log ] || fail "something was reached before it was refused: $(cat proxy.log)"
info 0 --config main.conf
: >proxy.log
# shellcheck disable=SC2086 # a list
runs 3 $limits --live main --capital '500 USD' --yes main
grep -q "binanceus: its account has no key to trade with: expected venue.binanceus.keys.main" err || fail "no key: $(cat err)"
[ ! -s proxy.log ] || fail "it was reached without a key: $(cat proxy.log)"
sed 's|ca_file|keys: { main: { environment = "live"; api_key = "file:rehearsal/main.key"; secret = "file:rehearsal/main.secret"; }; }; &|' main.conf >live.conf
mv live.conf main.conf
# shellcheck disable=SC2086 # a list
runs 1 $limits --live main --capital '500 USD' </dev/null
grep -q '^LIVE: account main at binanceus: orders are real money$' err || fail "the screen: $(cat err)"
grep -q '^  holdings  *2 BTC: unassigned; nothing sells it until .adopt.$' err && grep -q '^  *100000 USD: what is not of the capital is unassigned$' err || fail "holdings: $(cat err)"
grep -q '^  limits  *max_order_value 25, position_limit WAIVED, max_daily_loss 50$' err || fail "limits: $(cat err)"
grep -q 'REHEARSED ONLY: never tried with this account; an order is worth at most 25 USD, until$' err || fail "never tried: $(cat err)"
grep -q 'not armed: nothing was sent.*there is no terminal to ask at: read the screen above, and say --yes ACCOUNT' err || fail "nobody to ask: $(cat err)"
# shellcheck disable=SC2086 # a list
runs 3 $limits --live main --capital '5000000 USD' --yes main
grep -q 'account.capital: the account holds less USD than the capital' err || fail "more than there is: $(cat err)"
runs 3 --waive max_order_value,max_position --max-day-loss 50 --live main --capital '500 USD' --yes main
grep -q 'REHEARSED ONLY: until .outcry venue try binanceus/main --trade. has passed, the rule max_order_value must limit orders' err || fail "waived: $(cat err)"
tell orders all
sleep 0.1
grep -q '^[0-9]* main ' said && fail "an order was sent before it was armed: $(cat said)"
# What a minute allows is used by now: the venue begins anew at its place, and what this machine has counted of it is gone.
place=$(sed -n 's/^listens: localhost:\([0-9]*\).*/\1/p' said)
echo quit >&8
wait $pid
begin_venue "$place"
find "$w" -type f -name '*limits*' -delete
# One that runs untried says so wherever it is looked at.
rm -f err
# shellcheck disable=SC2086 # a list
"$outcry" run day.lua --venue binanceus --config main.conf --listen "$w/socket" $limits --live main --capital '500 USD' --yes main --json >live.json 2>err &
session=$!
until_ says "at the end" err
until_ [ -e "$w/socket" ]
echo status | "$outcry" console --attach "$w/socket" >words
"$outcry" status >screen
"$outcry" status --json >status.json
kill -INT $session
wait $session || fail "the untried session ends with $?: $(cat err)"
grep -q '^mode *LIVE REHEARSED ONLY run' words || fail "untried, and its status says: $(cat words)"
grep -q '^state *LIVE REHEARSED ONLY run' screen || fail "untried, and outcry status says: $(cat screen)"
[ "$(jq '.[0].status.rehearsed_only' status.json)" = true ] || fail "untried: $(cat status.json)"
cat >day.lua <<'END'
strategy { name = "day" }
local order
function on_init(m) every("200ms", function() if not order then order = m:buy { qty = "0.001", price = "50000" } end end) end
END
tried() { # CODE MORE...
    code=$1
    shift
    "$outcry" venue try binanceus/main --config main.conf --max '15 USD' --yes main "$@" >tried 2>err &
    session=$!
    for _ in $(seq 100); do # a price
        kill -0 $session 2>/dev/null || break
        tell buy 0.0001 BTCUSD at the website of second
        sleep 0.2
    done
    wait $session
    got=$?
    [ $got = "$code" ] || fail "venue try $*: exit code $got in place of $code: $(cat tried err)"
}
tried 0 --trade
grep -q '^ok  *permissions  *the key may trade$' tried || fail "permissions: $(cat tried)"
# shellcheck disable=SC2086 # a list
runs 1 $limits --live main --capital '500 USD' </dev/null
grep -q 'REHEARSED ONLY' err && fail "it has passed: $(cat err)"
grep -q '^  limits  *max_order_value 100, ' err || fail "its own limit: $(cat err)"
armed() { tell buy 0.0001 BTCUSD at the website of second; tell orders all; sleep 0.1; says '^[0-9]* main buy 0.001 BTCUSD @ 50000: open' said; }
rm -f err
# shellcheck disable=SC2086 # a list
"$outcry" run day.lua --venue binanceus --config main.conf --listen none $limits --live main --capital '500 USD' --yes main --json >live.json 2>err &
session=$!
until_ says "at the end" err
until_ armed
kill -INT $session
wait $session || fail "the live session ends with $?: $(cat err)"
grep -q '^outcry: the session has ended; left at binanceus: 1 open orders, 0 positions$' err || fail "what is left: $(cat err)"
tell orders all
sleep 0.1
says '^[0-9]* main buy 0.001 BTCUSD @ 50000: open' said || fail "Ctrl-C has traded: $(cat said)"
echo quit >&8
wait $pid
info 4 --config main.conf # the proxy is there, and nobody behind it
echo "live: reached at its own places; no order leaves before the account is named"
