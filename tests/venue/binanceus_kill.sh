#!/bin/sh
# binanceus_kill.sh OUTCRY_VENUE OUTCRY [KILLS [SEED]]: a session over TLS at the face `binanceus` is killed with -9 at random moments, with orders open and on
# their way, and each time gone on with. At the end the records have as many fills as the venue, no client id is there twice, and a replay is the same to the
# byte, Lua included.
kills=${3:-200} seed=${4:-1}
every=400ms
face=binanceus
. "$(dirname "$0")/face_kit.sh"
begin() {
    "$outcry" run "$here/binanceus_kill.lua" --venue binanceus --config main.conf --cash '100000 USD' --session life --listen none --json >life.json 2>>host.log &
    host=$!
}
ask() { # PATH QUERY
    query="$2${2:+&}timestamp=$(date +%s%3N)"
    sign=$(printf %s "$query" | openssl dgst -sha256 -hmac "$(cat rehearsal/main.secret)" -r | cut -d' ' -f1)
    curl -sS --cacert rehearsal/ca.pem -H "X-MBX-APIKEY: $(cat rehearsal/main.key)" "https://localhost:$port$1?$query&signature=$sign"
}
all_of() { # PATH MEMBER FILE: page by page
    from=0
    : >"$3"
    while ask "$1" "symbol=BTCUSD&$2=$from&limit=1000" >page && [ "$(jq length page)" -gt 0 ]; do
        jq -c '.[]' page >>"$3"
        from=$(($(jq -r ".[-1].${4}" page) + 1))
    done
}
touch host.log
for i in $(seq "$kills"); do
    begin
    seed=$(((seed * 1103515245 + 12345) % 2147483648)) # a small generator of our own: 0.2 to 1.7 s
    sleep "$(printf '%d.%03d' $(((200 + seed / 65536 % 1500) / 1000)) $(((200 + seed / 65536 % 1500) % 1000)))"
    kill -9 $host 2>/dev/null || fail "life $i: it had ended by itself"
    wait $host 2>/dev/null
done
# Once more, until nothing is asked for any more and all is compared.
compared=$(grep -c 'is compared' host.log)
begin
more() { [ "$(grep -c 'is compared' host.log)" -gt "$compared" ]; }
for _ in $(seq 900); do more && break; sleep 0.1; done # a minute of weight may have to pass first
more || fail "it was never compared"
tell halt BTCUSD
sleep 15 # of what was under way it is asked again, until not found proves something
kill -INT $host
wait $host
code=$?
[ $code -eq 0 ] || [ $code -eq 130 ] || fail "the session ended with $code"
host=
all_of /api/v3/myTrades fromId theirs id
all_of /api/v3/allOrders orderId orders orderId
"$outcry" report life --json >report.json 2>>host.log || fail 'there is no report'
[ "$(jq .trades.fills report.json)" = "$(wc -l <theirs)" ] || fail "it counts $(jq .trades.fills report.json) fills, and the venue $(wc -l <theirs)"
jq -r .clientOrderId orders | sort | uniq -d >twice
[ -s twice ] && fail "client ids that are there twice: $(cat twice)"
[ "$(wc -l <orders)" -gt "$kills" ] || fail "only $(wc -l <orders) orders in $kills lives"
"$outcry" replay life --diff >replayed 2>&1 || fail "a replay differs: $(cat replayed)"
tell quit
wait $pid || fail "the venue ends with $?"
pid=
says 'ledger: adds up' said || fail 'the ledger does not add up'
echo "$kills kills, $(wc -l <orders) orders, $(wc -l <theirs) fills: none lost, none doubled, and a replay is the same"
