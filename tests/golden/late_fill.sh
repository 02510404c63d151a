#!/bin/sh
# late_fill.sh OUTCRY CC: a venue tells a fill of an order that ended more than 8,192 orders ago, and tells it twice (issue of plugins,
# border): it is a fact, booked once to the account, and an alarm in log and report; replay, report and a restart behind a kill agree.
set -u
outcry=$(realpath "$1")
cc=$2
cd "$(dirname "$0")/../.." || exit 1
tree=$PWD
w=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || kill -9 $pid 2>/dev/null; rm -rf "$w"' EXIT
trap 'exit 1' INT TERM
fail() { echo "late fill: $*"; tail -n 5 "$w/err" 2>/dev/null; exit 1; }
sed 's/struct oc_ev_fill fill = {/&.side = OC_SIDE_BUY, /' sdk/examples/connector_loopback/loopback.c >"$w/loopback.c"
"$cc" -std=gnu11 -O1 -w -fPIC -fvisibility=hidden -shared -nostartfiles -Isdk/include "$w/loopback.c" -o "$w/loopback.so" || fail "it does not build"
cp sdk/examples/connector_loopback/day.conf "$w/day.conf"
echo 'function on_trade(m, t) if not m:busy() then m:buy { qty = 0.001, price = t.price } end end' >"$w/buys.lua"
{
    printf '@ 2026-01-05T14:30:00Z\n< trade 10000 1\n> new $first buy 1 10000\n< ack $first\n< fill $first 1 10000 first\n'
    printf '? new $id $side $qty $price\n! ack $id\n! fill $id $qty $price t$#\n'
    awk 'BEGIN { for (i = 1; i <= 8400; i++) printf "@ 2026-01-05T%02d:%02d:%02dZ\n< trade %d 1\n", 15 + int(i / 3600), int(i / 60) % 60, i % 60, 10000 + i % 7 }'
    printf '@ 2026-01-05T18:00:00Z\n< fill $first 3 10000 late\n< fill $first 3 10000 late\n@ 2026-01-05T18:00:01Z\n< trade 10000 1\n'
} >"$w/day.txt"
cd "$w" || exit 1
go() { exec "$outcry" run buys.lua --venue loopback --config day.conf --plugin loopback=loopback.so --cash '10000 USDT' --session "$1" --listen none --json; }

(go whole) >whole.json 2>err || fail "the run ended with $?"
[ "$(jq .trades.fills whole.json)" = 8403 ] || fail "fills: $(jq .trades.fills whole.json), expected 8403: 8402 of orders, and the late one once"
grep -q 'ERROR alarm: a fill of an order that ended long ago: booked to the account' err || fail "the log has no alarm"
jq -r '.notes[]' whole.json | grep -q ALARMS || fail "the report has no alarm: $(jq -c .notes whole.json)"
"$outcry" replay whole --diff >out 2>&1 || fail "the replay differs: $(tail -n 5 out)"
"$outcry" report whole --json >report.json 2>err || fail "no report"
for at in 0.05 0.15 0.3; do
    go cut >out 2>err &
    pid=$!
    sleep $at
    kill -9 $pid 2>/dev/null
    wait $pid 2>/dev/null
    pid=
done
(go cut) >cut.json 2>err || fail "it does not go on"
for file in report cut; do
    [ "$(jq -cS '[.money.final, .trades.fills, .hashes.meaning]' whole.json)" = "$(jq -cS '[.money.final, .trades.fills, .hashes.meaning]' $file.json)" ] ||
        fail "$file: $(jq -c '[.money.final, .trades.fills]' $file.json), of the run $(jq -c '[.money.final, .trades.fills]' whole.json)"
done
echo "a fill of an order that ended long ago is booked once, and an alarm"
