#!/bin/sh
# live_env.sh OUTCRY_VENUE OUTCRY: the environment `live` as far as it goes: the connector's own addresses, here behind a proxy and with a certificate of
# their names. A question needs no key; places of a configuration, keys of another environment and orders are refused before anything is reached.
more='proxy = "http://127.0.0.1:PROXY"; '
. "$(dirname "$0")/binanceus_kit.sh"
echo quit >&8
wait $pid
"$venue" binanceus --port 0 --every 1h --names api.binance.us,stream.binance.us <prompt >said 2>&1 &
pid=$!
exec 8>prompt
until_ says '^account second' said
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
limits='--set risk.max_order_value.limit=100 --set risk.without=position_limit --set risk.max_daily_loss.limit=50'
: >proxy.log
runs 3
grep -q 'with real money these need a limit, and have none: max_order_value, position_limit, max_daily_loss' err || fail "limits: $(cat err)"
# shellcheck disable=SC2086 # a list
runs 1 $limits
grep -q "orders with real money are not supported yet: found 'live', expected practice, testnet or local" err || fail "real money: $(cat err)"
[ ! -s proxy.log ] || fail "something was reached before it was refused: $(cat proxy.log)"
echo quit >&8
wait $pid
info 4 --config main.conf # the proxy is there, and nobody behind it
echo "live: reached at its own places, and no order leaves"
