#!/bin/sh
# border.sh OUTCRY CC: what venues and simulators say and cannot be (P4): a venue tells a fill of an order that ended more than 8,192 orders ago, and tells it twice (issue of plugins,
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
fail() { echo "border: $*"; tail -n 5 "$w/err" 2>/dev/null; exit 1; }
sed 's/struct oc_ev_fill fill = {/&.side = OC_SIDE_BUY, /' sdk/examples/connector_loopback/loopback.c >"$w/loopback.c"
"$cc" -std=gnu11 -O1 -w -fPIC -fvisibility=hidden -shared -nostartfiles -Isdk/include "$w/loopback.c" -o "$w/loopback.so" || fail "it does not build"
cp sdk/examples/connector_loopback/day.conf "$w/day.conf"
echo 'function on_trade(m, t) if not m:busy() then m:buy { qty = 0.001, price = t.price } end end' >"$w/buys.lua"
{
    printf 'transcript 2\n@ 2026-01-05T14:30:00Z\nlines < trade 10000 1\nlines > new $first buy 1 10000\nlines < ack $first\nlines < fill $first 1 10000 first\n'
    printf '? lines > new $id $side $qty $price\n! lines < ack $id\n! lines < fill $id $qty $price t$#\n'
    awk 'BEGIN { for (i = 1; i <= 8400; i++) printf "@ 2026-01-05T%02d:%02d:%02dZ\nlines < trade %d 1\n", 15 + int(i / 3600), int(i / 60) % 60, i % 60, 10000 + i % 7 }'
    printf '@ 2026-01-05T18:00:00Z\nlines < fill $first 3 10000 late\nlines < fill $first 3 10000 late\n@ 2026-01-05T18:00:01Z\nlines < trade 10000 1\n'
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
# risk.halt_on_alarm: nothing is opened behind it, in run, replay and a restart alike.
halts() { exec "$outcry" run buys.lua --venue loopback --config day.conf --plugin loopback=loopback.so --cash '10000 USDT' --session "$1" --listen none --json --set risk.halt_on_alarm=yes; }
(halts halted) >halted.json 2>err
[ $? = 5 ] || fail "halted: the run does not end with 5"
[ "$(jq -c '[.trades.fills, .trades.denied]' halted.json)" = '[8402,1]' ] || fail "halted: $(jq -c '[.trades.fills, .trades.denied]' halted.json), expected 8402 fills and 1 denied"
grep -q 'ERROR alarm: halted (risk.halt_on_alarm): nothing is opened until unkill' err || fail "that it halted is not said"
jq . halted.json | grep -q HALTED_BY_ALARM || fail "halted: the reason is not in the report"
"$outcry" replay halted --diff >out 2>&1 || fail "halted: the replay differs: $(tail -n 5 out)"
halts again >out 2>err &
pid=$!
sleep 0.2
kill -9 $pid 2>/dev/null
wait $pid 2>/dev/null
pid=
(halts again) >again.json 2>err
[ $? = 5 ] || fail "halted: it does not go on"
[ "$(jq -c '[.money.final, .trades.fills, .trades.denied]' again.json)" = "$(jq -c '[.money.final, .trades.fills, .trades.denied]' halted.json)" ] ||
    fail "halted: killed and gone on it is another: $(jq -c .trades again.json)"
# A simulator that fills more than was asked: refused, and it halts too.
sed 's/^    put_trade_id(&fill);/&\n    if (ask.order % 5 == 0) fill.qty++;/' "$tree/sdk/examples/sim_nextopen/nextopen.c" >"$w/over.c"
"$cc" -std=gnu11 -O1 -w -fPIC -fvisibility=hidden -shared -nostartfiles -I"$tree/sdk/include" "$w/over.c" -o "$w/over.so" || fail "over.c does not build"
echo 'function on_bar(m) m:buy(0.0001) end' >"$w/bars.lua"
for halts in no yes; do
    "$outcry" paper bars.lua --feed synthetic-bars:2000 --cash '10000 USDT' --listen none --plugin over=over.so --session over_$halts --set risk.halt_on_alarm=$halts --json >over_$halts.json 2>err
    code=$?
    [ $code != 0 ] || fail "a simulator's overfill: exit 0"
    [ $halts = no ] || grep -q 'halted (risk.halt_on_alarm)' err || fail "that a simulator's overfill halts is not said"
    grep -q 'border: simulator .*: refused' err || fail "a simulator's overfill is not refused"
done
[ "$(jq .trades.fills over_no.json)" -gt 100 ] || fail "without the key it goes on: $(jq .trades.fills over_no.json) fills"
[ "$(jq .trades.fills over_yes.json)" -lt 10 ] || fail "halted: $(jq .trades.fills over_yes.json) fills behind an answer that cannot be"
"$outcry" replay over_yes --diff >out 2>&1 || fail "halted by a simulator: the replay differs: $(tail -n 5 out)"
# A simulator that does not look at what emit() says: an answer in the past is said; one that cannot be kept ends the run.
for kind in past flood; do
    case $kind in
    past) more='venue->answers->emit(venue->host, now_ns - 1, \&fill.head);' ;;
    flood) more='for (int i = 0; i < 2000000; i++) venue->answers->emit(venue->host, now_ns + 1000000000000, \&fill.head);' ;;
    esac
    sed "s/^    put_trade_id(&fill);/&\n    $more/" "$tree/sdk/examples/sim_nextopen/nextopen.c" >"$w/$kind.c"
    "$cc" -std=gnu11 -O1 -w -fPIC -fvisibility=hidden -shared -nostartfiles -I"$tree/sdk/include" "$w/$kind.c" -o "$w/$kind.so" || fail "$kind.c does not build"
    "$outcry" paper bars.lua --feed synthetic-bars:200 --cash '10000 USDT' --listen none --plugin mine="$kind.so" --json >out 2>err
    code=$?
    grep -q 'ERROR border: simulator org.example.nextopen: an answer' err || fail "a simulator's $kind: what emit() refused is not said"
    [ $kind = past ] || [ $code = 1 ] || fail "an answer that cannot be kept: exit $code, expected 1"
    [ $kind = flood ] || [ $code = 0 ] || fail "an answer in the past: exit $code, expected 0"
done
echo "a fill of an order that ended long ago is booked once, and an alarm"
