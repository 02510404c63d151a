#!/bin/sh
# binanceus.sh OUTCRY_VENUE OUTCRY: a session over TLS at the face `binanceus` by the connector of the installation: orders rest, are replaced, filled in
# part, canceled; the host is killed with an order open, which trades meanwhile; it goes on, and has what the venue has, to the last digit.
face=binanceus
. "$(dirname "$0")/face_kit.sh"
begin() {
    "$outcry" run "$here/binanceus_life.lua" --venue binanceus --config main.conf --cash '100000 USD' --session life --listen none --json >life.json 2>>host.log &
    host=$!
}
shows() { # PATTERN: of the orders at the venue
    tell orders all
    sleep 0.1
    says "$1" said
}
begin
touch host.log
until_ says 'is compared' host.log
sleep 0.3
tell buy 0.001 BTCUSD at the website of second
until_ shows '^2 main buy 0.01 BTCUSD @ 59000: canceled'
until_ shows '^3 main buy 0.01 BTCUSD @ 59995.5: open'
tell sell 0.004 BTCUSD @ 59995.5 at the website of second
until_ says 'A is replaced: 59995.5, and has traded 0.004' host.log
until_ says 'A is not replaced: NOT_SUPPORTED' host.log
until_ shows '^3 main buy 0.01 BTCUSD @ 59995.5: canceled, filled 0.004'
until_ shows '^5 main buy 0.005 BTCUSD @ 59995.5: open'
kill -9 $host
wait $host 2>/dev/null
tell sell 0.002 BTCUSD @ 59995.5 at the website of second
begin
until_ says 'B has traded 0.002' host.log
until_ shows '^5 main buy 0.005 BTCUSD @ 59995.5: canceled, filled 0.002'
until_ shows '^8 main sell 0.0009[0-9]* BTCUSD @ 58410 stop 59000: waiting'
sleep 0.3
kill -INT $host
wait $host
code=$?
[ $code -eq 0 ] || [ $code -eq 130 ] || fail "the session ended with $code"
host=
jq -e '.trades.fills >= 3' life.json >/dev/null || fail "it counts $(jq -c .trades life.json)"
query="timestamp=$(date +%s%3N)"
sign=$(printf %s "$query" | openssl dgst -sha256 -hmac "$(cat rehearsal/main.secret)" -r | cut -d' ' -f1)
curl -sS --cacert rehearsal/ca.pem -H "X-MBX-APIKEY: $(cat rehearsal/main.key)" "https://localhost:$port/api/v3/account?$query&signature=$sign" |
    jq -r '.balances[] | select(.asset == "BTC" or .asset == "USD") | "\(.asset) \(.free) \(.locked)"' |
    awk '{ printf "%s%s %.8f", (NR > 1 ? " " : ""), $1, $2 + $3 } END { print "" }' >theirs
sed -n 's/.*holds \(BTC [0-9.]* USD [0-9.]*\) BTC.USD.*/\1/p' host.log >ours
cmp -s ours theirs || fail "it holds $(cat ours), and the venue says $(cat theirs)"
"$outcry" replay life --diff >replayed 2>&1 || fail "a replay differs: $(cat replayed)"
tell quit
wait $pid || fail "the venue ends with $?"
pid=
says 'ledger: adds up' said || fail 'the ledger does not add up'
