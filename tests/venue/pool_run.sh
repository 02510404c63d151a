#!/bin/sh
# pool_run.sh OUTCRY OUTCRY_VENUE: a session whose venue is reached by two ways, each a relay to the same one. The first is pulled out while orders
# go over it: they go over the other, which is said, recorded and counted; none is lost and none is doubled. What a configuration may not say.
set -u
. "$(dirname "$0")/kit.sh"
relay= other=
trap '[ -z "$pid" ] || kill -9 $pid 2>/dev/null; kill -9 $relay $other $venue 2>/dev/null; rm -rf "$w"' EXIT
start_venue --every 50ms # the venue lists its last 40 fills
perl "$root/tests/venue/relay.pl" "$port" >first.port & relay=$!
perl "$root/tests/venue/relay.pl" "$port" >second.port & other=$!
until_said '[0-9]' first.port
until_said '[0-9]' second.port
first=$(cat first.port) second=$(cat second.port)
conf main.conf
sed -i "s|\"https://localhost:$port\"|\"https://localhost:$first https://localhost:$second\"|; s|\"wss://localhost:$port\"|\"wss://localhost:$first wss://localhost:$second\"|" main.conf
sed -i 's|ca_file = |balance: { rest = "round_robin"; }; &|' main.conf
trades() { console 'print("fills", #fills(500))' | sed -n 's/^fills[[:space:]]*//p'; }
begin pool
for _ in $(seq 200); do [ "$(trades)" -ge 4 ] 2>/dev/null && break; sleep 0.1; done
[ "$(trades)" -ge 4 ] || fail "nothing is traded over the first"
kill -9 $relay
until_said "endpoint rest: localhost:$second in place of localhost:$first, which does not answer" err
until_said "endpoint stream: localhost:$second in place of localhost:$first, which does not answer" err
before=$(trades)
for _ in $(seq 200); do [ "$(trades)" -ge $((before + 6)) ] 2>/dev/null && break; sleep 0.1; done
[ "$(trades)" -ge $((before + 6)) ] || fail "nothing is traded over the second: $before, $(trades)"
compared() { console 'for _, v in ipairs(venues()) do print("compared", v.compared) end' | sed -n 's/^compared[[:space:]]*//p'; }
before=$(compared)
console 'reconcile plain' | grep -q 'running' || fail "reconcile says nothing"
for _ in $(seq 50); do [ "$(compared)" -gt "$before" ] 2>/dev/null && break; sleep 0.1; done
[ "$(compared)" -gt "$before" ] || fail "it is not compared again: $before, $(compared)"
console 'reconcile other' 2>&1 | grep -q 'no venue of that name' || fail "another venue is compared"
console 'for _, v in ipairs(venues()) do for _, e in ipairs(v.endpoints) do print("at", e.endpoint, e.at, e.place, e.places, e.queries and #e.queries) end print("moves", v.moves) end' >said
grep -q "^at[[:space:]]rest[[:space:]]localhost:$second[[:space:]]2[[:space:]]2[[:space:]]2" said || fail "where it is, is not shown: $(cat said)"
grep -q "^moves[[:space:]]2" said || fail "moves are not shown: $(cat said)"
echo halt BTC/USDT >&8 # nothing is filled behind its back
sleep 0.5
rows=$(trades)
end pool
jq -e '.venues.moves == 2 and .trades.denied < 200' pool.report >/dev/null || fail "the report: $(jq -c .venues pool.report)"
printf 'fills\nlist\n' >&8
until_said '^ledger: adds up' venue.log
there=$(grep -c '^[0-9]* main order [0-9]*: \(bought\|sold\)' venue.log)
[ "$there" -gt 0 ] && [ "$(jq .trades.fills pool.report)" = "$there" ] || fail "filled here: $(jq .trades.fills pool.report), there: $there"

[ "$rows" = "$there" ] || fail "a console lists $rows fills, there were $there: some twice?"

refused() { # WORDS ENDPOINT
    conf bad.conf
    sed -i "s|rest = \"https://localhost:$port\"|rest = \"$2\"|" bad.conf
    "$outcry" run day.lua --venue plain --config bad.conf --plugin plain="$w/plain.so" --session bad >said 2>&1 && fail "not refused: $2"
    grep -q "$1" said || fail "refused otherwise: $2: $(cat said)"
}
refused 'too many places of one endpoint: .*expected at most four' 'https://a https://b https://c https://d https://e'
refused 'venue.plain.endpoint.rest#2: a url begins with https://' 'https://localhost:1 ftp://localhost'
unbalanced() { # WORDS LINE
    conf bad.conf "$2"
    sed -i "s|rest = \"https://localhost:$port\"|rest = \"https://localhost:$port https://localhost:1\"|" bad.conf
    "$outcry" run day.lua --venue plain --config bad.conf --plugin plain="$w/plain.so" --session bad >said 2>&1 && fail "not refused: $2"
    grep -q "$1" said || fail "refused otherwise: $2: $(cat said)"
}
unbalanced 'venue.plain.balance.rest: there is no such word: .*round_robin' 'balance: { rest = "fastest"; };'
unbalanced 'venue.plain.balance.stream: this endpoint has one place' 'balance: { stream = "round_robin"; };'
unbalanced 'venue.plain.balance.other: its connector describes no such endpoint' 'balance: { other = "round_robin"; };'
echo quit >&8
wait $venue
venue=
echo "moved with $(jq .venues.unknown pool.report) outcomes unknown, $(jq .trades.fills pool.report) fills here and there"
