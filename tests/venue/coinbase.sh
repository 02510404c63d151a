#!/bin/sh
# coinbase.sh OUTCRY_VENUE OUTCRY: a session over TLS at the face `coinbase` by the connector of the installation: orders rest, are changed, filled in
# part, canceled; the cable is pulled; the host is killed with an order open, which trades meanwhile; it goes on, and has what the venue has, to the
# last digit.
face=coinbase
. "$(dirname "$0")/face_kit.sh"
begin() {
    "$outcry" run "$here/coinbase_life.lua" --venue coinbase --config main.conf --cash '100000 USD' --session life --listen none --json >life.json 2>>host.log &
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
tell buy 0.001 BTC-USD at the website of second
until_ shows '^1 main buy 0.01 BTC-USD @ 59995.5: open'
tell restart
sleep 2.5
tell sell 0.004 BTC-USD @ 59995.5 at the website of second
until_ says 'A is changed: 59995.5, and has traded 0.004' host.log
until_ says 'A is larger: 0.02' host.log
until_ shows '^1 main buy 0.02 BTC-USD @ 59990: canceled, filled 0.004'
until_ shows '^4 main buy 0.005 BTC-USD @ 59995.5: open'
kill -9 $host
wait $host 2>/dev/null
tell sell 0.002 BTC-USD @ 59995.5 at the website of second
begin
until_ says 'B has traded 0.002' host.log
until_ shows '^4 main buy 0.005 BTC-USD @ 59995.5: canceled, filled 0.002'
until_ shows '^7 main sell 0.001 BTC-USD @ 58410 stop 59000: waiting'
sleep 0.3
kill -INT $host
wait $host
code=$?
[ $code -eq 0 ] || [ $code -eq 130 ] || fail "the session ended with $code"
host=
jq -e '.trades.fills >= 3' life.json >/dev/null || fail "it counts $(jq -c .trades life.json)"
"$outcry" reconcile coinbase --config main.conf >theirs 2>err || fail "what the venue says: $(cat err)"
awk '$1 == "balance" && ($2 == "BTC" || $2 == "USD") { gsub(",", ""); held[$2] = $4 + $6 } END { printf "BTC %.8f USD %.8f\n", held["BTC"], held["USD"] }' theirs >them
sed -n 's/.*holds \(BTC [0-9.]* USD [0-9.]*\) BTC.USD.*/\1/p' host.log >ours
cmp -s ours them || fail "it holds $(cat ours), and the venue says $(cat them)"
"$outcry" replay life --diff >replayed 2>&1 || fail "a replay differs: $(cat replayed)"
tell quit
wait $pid || fail "the venue ends with $?"
pid=
says 'ledger: adds up' said || fail 'the ledger does not add up'
