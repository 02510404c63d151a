#!/bin/sh
# oanda.sh OUTCRY_VENUE OUTCRY: a session over TLS at the face `oanda` by the connector of the installation: orders rest, are replaced, filled in part and
# go on under other numbers, are canceled; the host is killed with an order open, which trades meanwhile; it goes on, sets stop and target into a trade,
# sees the venue close it and financing be charged, and has what the venue has.
face=oanda
. "$(dirname "$0")/face_kit.sh"
token=$(cat rehearsal/main.secret)
ask() { # METHOD PATH [BODY]: as anybody with the token
    curl -sS --cacert rehearsal/ca.pem -H "Authorization: Bearer $token" -X "$1" ${3:+-d "$3"} "https://localhost:$port/v3/accounts/main/$2"
}
echo 'account: { cost_method = "fifo"; };' >>main.conf
begin() {
    "$outcry" run "$here/oanda_life.lua" --venue oanda --config main.conf --cash '100000 USD' --session life --listen none --json >life.json 2>>host.log &
    host=$!
}
shows() { # PATTERN: of the orders at the venue
    tell orders all
    sleep 0.1
    says "$1" said
}
rests() { ask GET pendingOrders | jq -e "$1" >/dev/null; }
begin
touch host.log
until_ says 'is compared' host.log
until_ rests '.orders[0].price == "1.08595" and .orders[0].replacesOrderID == "1"'
tell sell 4000 EUR_USD @ 1.08595 at the website of second
until_ says 'A is replaced: 1.08595, and has traded 4000' host.log
until_ says 'A is moved with the rest: 1.08571' host.log
until_ rests '.orders[0].units == "5000" and .orders[0].price == "1.08595"'
kill -9 $host
wait $host 2>/dev/null
tell sell 2000 EUR_USD @ 1.08595 at the website of second
begin
until_ says 'B has traded 2000' host.log
until_ rests '(.orders | map(.type) | sort) == ["STOP_LOSS", "TAKE_PROFIT"] and (.orders | map(.tradeID) | unique | length) == 1'
tell financing main -0.42
tell buy 20000 EUR_USD @ 1.1 at the website of second
until_ says 'C has reached its target' host.log
until_ rests '.orders == []'
until_ says 'D is sold: -1000' host.log
sleep 0.5
kill -INT $host
wait $host
code=$?
[ $code -eq 0 ] || [ $code -eq 130 ] || fail "the session ended with $code"
host=
jq -e '.trades.fills >= 5' life.json >/dev/null || fail "it counts $(jq -c .trades life.json)"
ask GET summary | jq -r '.account.balance' | awk '{ printf "%.6f\n", $1 }' >theirs
ask GET openPositions | jq -r '.positions[0] | (.long.units | tonumber) + (.short.units | tonumber)' >>theirs
sed -n 's/.*holds USD \([0-9.]*\) EUR \([-0-9]*\).*/\1\n\2/p' host.log | tail -n 2 >ours
cmp -s ours theirs || fail "it holds $(cat ours), and the venue says $(cat theirs)"
"$outcry" replay life --diff >replayed 2>&1 || fail "a replay differs: $(cat replayed)"
tell quit
wait $pid || fail "the venue ends with $?"
pid=
says 'ledger: adds up' said || fail 'the ledger does not add up'
