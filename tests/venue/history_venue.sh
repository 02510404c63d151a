#!/bin/sh
# history_venue.sh OUTCRY_VENUE OUTCRY: a session over TLS at the face `binanceus` is killed with -9 three times and gone on with, while one asks for its fills as
# they come and its own process keeps the history. Every fill that the venue has is there once, with its price, quantity and fee; and made anew it is the same.
every=400ms
face=binanceus
. "$(dirname "$0")/face_kit.sh"
export OUTCRY__HISTORY__WRITE=yes
unset XDG_DATA_HOME
begin() {
    "$outcry" run "$here/binanceus_kill.lua" --venue binanceus --config main.conf --cash '100000 USD' --session life --listen none --json >life.json 2>>host.log &
    host=$!
}
ask() { # PATH QUERY
    query="$2${2:+&}timestamp=$(date +%s%3N)"
    sign=$(printf %s "$query" | openssl dgst -sha256 -hmac "$(cat rehearsal/main.secret)" -r | cut -d' ' -f1)
    curl -sS --cacert rehearsal/ca.pem -H "X-MBX-APIKEY: $(cat rehearsal/main.key)" "https://localhost:$port$1?$query&signature=$sign"
}
touch host.log
"$outcry" fills --follow --json >followed 2>followed.err &
follower=$!
trap 'kill -9 $pid $host $follower 2>/dev/null; rm -rf "$w" 2>/dev/null || { sleep 1; rm -rf "$w"; }' EXIT
fills() { "$outcry" fills --json 2>/dev/null | jq ".fills | map(select(.status == \"booked\")) | length"; }
more() { [ "$(fills)" -gt "$before" ]; }
for i in 1 2 3; do
    before=$(fills)
    begin
    until_ more
    kill -9 $host 2>/dev/null || fail "life $i: it had ended by itself"
    wait $host 2>/dev/null
done
# Once more, until all is compared and nothing is under way.
compared=$(grep -c 'is compared' host.log)
begin
is_compared() { [ "$(grep -c 'is compared' host.log)" -gt "$compared" ]; }
until_ is_compared
before=$(fills)
until_ more
tell halt BTCUSD
sleep 3
kill -INT $host
wait $host
code=$?
[ $code -eq 0 ] || [ $code -eq 130 ] || fail "the session ended with $code"
host=
terms='sort | .[]'
ask /api/v3/myTrades 'symbol=BTCUSD&limit=1000' >theirs.json
jq -r '[.[] | "\(.id) \(if .isBuyer then "buy" else "sell" end) \(.price | tonumber) \(.qty | tonumber) \(.commission | tonumber) \(if .isMaker then "maker" else "taker" end)"] | '"$terms" theirs.json >theirs
seen() {
    "$outcry" fills --json 2>/dev/null | jq -r '[.fills[] | select(.status == "booked") | "\(.trade_id) \(.side) \(.price | tonumber) \(.qty | tonumber) \(.fee | tonumber) \(.liquidity)"] | '"$terms" >ours
    cmp -s ours theirs
}
for _ in $(seq 100); do seen && break; sleep 0.05; done
seen || fail "fills are not those of the venue: $(diff ours theirs | head -6)"
[ "$(wc -l <theirs)" -gt 3 ] || fail "only $(wc -l <theirs) fills"
[ "$("$outcry" report life --json 2>/dev/null | jq .trades.fills)" = "$(wc -l <theirs)" ] || fail 'the report counts other fills'
"$outcry" orders --json | jq -e '.orders | map(select(.client_id != null)) | length > 0' >/dev/null || fail 'orders have no names at the venue'
"$outcry" transactions --json | jq -e --argjson fees "$(jq 'map(select((.commission | tonumber) > 0)) | length' theirs.json)" \
    '.transactions | map(select(.type == "fee")) | length == $fees' >/dev/null || fail 'the ledger has other fees than the fills'
# Who followed was told of each, in each of its states once.
all_told() { [ "$(jq -r 'select(.status == "booked") | .trade_id' followed | sort -u | wc -l)" = "$(wc -l <theirs)" ]; }
until_ all_told
kill -INT $follower
wait $follower || fail "a follower fails: $(cat followed.err)"
[ -z "$(sort followed | uniq -d)" ] || fail 'a follower is told the same twice'
# Made anew it is the same.
for table in orders fills positions trades pnl transactions sessions; do "$outcry" $table --csv --limit 0 >$table.one; done
"$outcry" history rebuild >/dev/null || fail 'it cannot be made anew'
for table in orders fills positions trades pnl transactions sessions; do
    "$outcry" $table --csv --limit 0 >$table.two
    cmp -s $table.one $table.two || fail "made anew, $table are others: $(diff $table.one $table.two | head -4)"
done
tell quit
wait $pid || fail "the venue ends with $?"
pid=
echo "history_venue: $(wc -l <theirs) fills over three kills: each once, as the venue has them"
