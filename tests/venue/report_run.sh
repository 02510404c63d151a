#!/bin/sh
# report_run.sh OUTCRY_VENUE OUTCRY: what the report of a live session says: fees as the venue's ledger has them, slippage against arrival and signal to the last
# digit, times of which one is made long, an order that is refused, a host that was killed and goes on; and the same orders on paper, by order. A run says what
# the report of its folder says.
face=binanceus
. "$(dirname "$0")/face_kit.sh"
cat >day.lua <<'END'
-- Told by hand alone: what is bought and sold stands in the test.
function on_start() end
END
begin() { # SESSION MORE...
    session=$1
    shift
    : >host.log
    "$outcry" run day.lua --venue binanceus --config main.conf --live main --capital '5000 USD' --max-order-value 1000 --waive max_position --max-day-loss 50 \
        --session "$session" --listen life.sock --yes main --json "$@" >"$session.json" 2>host.log </dev/null &
    host=$!
    until_ says 'is compared' host.log
}
ends() {
    kill -INT $host
    wait $host || fail "the session ended with $?"
    host=
}
ask() { printf '%s\n' "$@" | "$outcry" console --attach life.sock --trade >console.log 2>&1; }
holds() { ask "$1" && says "$2" console.log; }
heard() { "$outcry" status --json 2>/dev/null | jq -e '.[0].status.last != null and .[0].status.feed_age_ns < 1000000000' >/dev/null; }
traded() { tell buy 0.0001 BTCUSD at the website of second; sleep 0.1; heard; }
price() { until_ traded; } # a price that is heard: what is the book's best, and stays
is() { jq -e "$1" "$2" >/dev/null || fail "$1 in $2: $(jq -c '[.live, .divergence]' "$2")"; }

begin long
price
# The book stands still: each market order pays half of the spread, and no more. Orders are late at the venue from the second on.
book() { curl -sS --cacert rehearsal/ca.pem "https://localhost:$port/api/v3/ticker/bookTicker?symbol=BTCUSD"; }
ask 'live.unlock()' 'buy 0.001 BTC/USD'
until_ holds 'fills' ' BUY .*0\.001'
tell delay requests 300ms of orders always
until_ says 'delay requests' said
for i in 2 3 4 5 6; do
    ask 'live.unlock()' 'buy 0.001 BTC/USD'
    until_ holds 'print("fills " .. #fills())' "^fills $i\$"
done
tell calm
for i in 7 8 9 10 11; do
    ask 'live.unlock()' 'sell 0.001 BTC/USD'
    until_ holds 'print("fills " .. #fills())' "^fills $i\$"
done
tell fills
sleep 0.3
ends
"$outcry" report long --json >long.report 2>err || fail "the report: $(cat err)"
jq -S 'del(.speed, .checks, .notes)' long.json >ran
jq -S 'del(.speed, .checks, .notes)' long.report >told
diff ran told >differs || fail "a run and the report of its folder: $(head -20 differs)"
is '.live.orders == 11 and .live.fills == 11 and .live.failed == 0 and .live.ended == 11 and .live.filled == 11' long.report
is '[.live.targets[] | select(.name != "uptime") | .met] == [true, true, true]' long.report
is '.live.latency_ns.sent_to_acknowledged | .orders == 11 and .p50 < 300000000 and .p90 >= 300000000 and .max < 3000000000' long.report
is '.live.latency_ns.signal_to_sent | .orders == 11 and .p50 > 0 and .p50 < 100000000' long.report
# Fees as charged: of the same fills, by the records of the venue.
is '(.live.fees | length) >= 1 and ([.live.fees[].asset] | contains(["USD"]))' long.report
# Against arrival: what takers paid beyond the middle; nothing moved between signal and arrival.
is '.live.arrival_slippage == .live.signal_slippage and (.live.arrival_slippage.cost | tonumber) > 0 and .live.arrival_slippage.fills == 11' long.report
is '(.live.arrival_slippage.cost | tonumber) == ((.costs.spread | tonumber) + (.costs.slippage | tonumber))' long.report
# On paper: filled as at the venue, at the same prices, but for what our own orders took of the book, which comes back within 2 s there.
is '.divergence.orders == 11 and .divergence.filled_by_both == 11 and .divergence.not_given == 0' long.report
is '.divergence.checks[0] | .live == 1 and .paper > 0.9 and .paper <= 1 and .passed == (.paper >= 0.97)' long.report
"$outcry" report long --csv sheets --report page.html >text 2>err || fail "the text: $(cat err)"
[ "$(wc -l <sheets/divergence.csv)" = 12 ] || fail "by order: $(cat sheets/divergence.csv)"
awk -F, 'NR > 1 && ($9 != "FILLED" || $10 != 0.001 || $14 < 0.0005 || $14 > 0.001 || $11 != $15 || $12 <= 0 || $16 < 10) { print; bad = 1 } END { exit bad }' sheets/divergence.csv >out ||
    fail "an order beside its twin: $(cat out)"
awk -F, 'NR > 2 && NR < 8 && $12 < 290 { print; bad = 1 } END { exit bad }' sheets/divergence.csv >out || fail "the venue was late, and it is not said: $(cat out)"
says '^  Fill rate  *100.00 %  met, > 99 %: 11 of 11 that ended' text || fail "the text: $(cat text)"
says '^The same orders on paper$' text || fail "the text has no paper: $(cat text)"
grep -q '<h2>At the venue</h2>' page.html && grep -q '<h2>The same orders on paper</h2>' page.html || fail 'the page lacks it'

# Refused by the venue, killed, gone on with; and no paper where it is not wanted.
begin short --set live.shadow=no
price
tell halt BTCUSD
until_ says 'halt' said
ask 'live.unlock()' 'buy 0.002 BTC/USD @ 58000'
says 'rejected' console.log || fail "a halted market takes it: $(cat console.log)"
tell resume BTCUSD
kill -9 $host
wait $host 2>/dev/null
sleep 1
begin short --set live.shadow=no
price
sleep 0.3
ends
is '.divergence == null and .live.orders == 1 and .live.failed == 1 and .live.ended == 1 and .live.filled == 0' short.json
is '.live.down_ms >= 1000 and ([.live.targets[] | select(.name == "uptime" or .name == "failed_orders") | .met] == [false, false])' short.json
is '[.live.targets[] | select(.name == "fill_rate" or .name == "slippage") | .met] == [false, null]' short.json
tell quit
wait $pid || fail "the venue ends with $?"
pid=
echo "report: a live session, and the same orders on paper"
