#!/bin/sh
# reconcile_run.sh OUTCRY_VENUE OUTCRY: without a session: what the rehearsal venue trades, and what its account has and did there: trades,
# deposits and withdrawals of coins and of dollars as one list, each once, as text, JSON and CSV.
face=binanceus
. "$(dirname "$0")/face_kit.sh"
at() { # METHOD PATH QUERY
    query="$3${3:+&}timestamp=$(date +%s%3N)"
    sign=$(printf %s "$query" | openssl dgst -sha256 -hmac "$(cat rehearsal/main.secret)" -r | cut -d' ' -f1)
    curl -sS --cacert rehearsal/ca.pem -X "$1" -H "X-MBX-APIKEY: $(cat rehearsal/main.key)" "https://localhost:$port$2?$query&signature=$sign"
}
# A trade of ours, an open order, a coin in and out again.
at POST /api/v3/order 'symbol=BTCUSD&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.01000&price=59995.50&newClientOrderId=a-1' >placed
tell sell 0.004 BTCUSD @ 59995.5 at the website of second
until_ says 'sell' said
tell deposit 0.5 BTC of main
tell withdraw 0.25 BTC of main
tell withdraw 100 USD of main
until_ says '^withdraw: done' said
sleep 0.3
"$outcry" markets binanceus btc --config main.conf >markets || fail "markets ends with $?: $(cat markets)"
grep -q '^BTC/USD  *trading  *0.01  *0.00001 .* 0.00[0-9]* *0.00[0-9]*$' markets || fail "it lists: $(cat markets)"
"$outcry" markets binanceus --config main.conf --json >all.json
jq -e 'length > 1 and (map(select(.symbol == "BTC/USD")) | .[0].taker_fee) != null' all.json >/dev/null || fail "as JSON: $(cat all.json)"
"$outcry" markets binanceus nothing --config main.conf --json | jq -e '. == []' >/dev/null || fail 'it lists what nobody asked for'
"$outcry" reconcile binanceus --config main.conf --json --csv out >now.json || fail "reconcile ends with $?: $(cat now.json)"
jq -e '.[0] | .open_orders == 1 and ([.transactions[] | select(.kind == "trade" and .qty == "0.004" and .side == "buy")] | length) == 1
    and ([.transactions[] | select(.kind == "deposit" and .what == "BTC" and .qty == "0.5")] | length) == 1
    and ([.transactions[] | select(.kind == "withdrawal" and .what == "BTC" and .qty == "-0.25")] | length) == 1
    and ([.transactions[] | select(.kind == "withdrawal" and .what == "USD" and .qty == "-100")] | length) == 1
    and ([.transactions[].time | rtrimstr("Z")] | . == sort)' now.json >/dev/null || fail "it says: $(cat now.json)"
[ "$(wc -l <out/transactions-main.csv)" = "$(($(jq '.[0].transactions | length' now.json) + 1))" ] || fail "as CSV: $(cat out/transactions-main.csv)"
"$outcry" reconcile binanceus --config main.conf --from 2100-01-01T00:00:00Z --json | jq -e '.[0].transactions == []' >/dev/null || fail 'it lists what is to come'
"$outcry" reconcile binanceus --config main.conf >now.txt || fail "as text: $?"
grep -q 'balance BTC .*free 2.25' now.txt || fail "it has: $(cat now.txt)"
grep -q 'open .* BTC/USD buy 0.01 @ 59995.5, filled 0.004' now.txt || fail "it has open: $(cat now.txt)"
# Without a key there is nothing to ask about an account, and markets are listed all the same.
sed '/keys:/d' main.conf >none.conf
"$outcry" markets binanceus BTC/USD --config none.conf | grep -q '^BTC/USD .* - *-$' || fail 'markets without a key'
"$outcry" reconcile binanceus --config none.conf >none.txt 2>&1 && fail 'it reconciles without a key'
grep -q 'has a key: expected venue.binanceus.keys' none.txt || fail "without a key: $(cat none.txt)"
"$outcry" markets 2>/dev/null && fail 'markets of nobody'
tell quit
wait $pid || fail "the venue ends with $?"
pid=
