#!/bin/sh
# resync_run.sh OUTCRY_VENUE OUTCRY: a hole of a minute in what two sessions hear, one on paper and one at the venue: what the strategy would hold is held against what it holds.
# The alert, the console and `outcry status` say so, and nothing of it once it is sold.
every=200ms
face=binanceus
. "$(dirname "$0")/face_kit.sh"
cat >>main.conf <<END
alerts: { out: { channel = "command"; command = ["sh", "-c", "cat >>told; echo >>told"]; level = "warning"; kinds = ["resync"]; }; };
END
host2=
trap 'kill -9 $pid $host $host2 2>/dev/null; rm -rf "$w"' EXIT
paper() {
    "$outcry" paper "$here/resync.lua" --venue binanceus --config main.conf --cash '100000 USD' --fee 0 --session one --listen one.sock >one.out 2>>one.log &
    host=$!
}
at_venue() {
    "$outcry" run "$here/resync.lua" --venue binanceus --config main.conf -p would=nothing --cash '100000 USD' --session two --listen two.sock >two.out 2>>two.log &
    host2=$!
}
asked() { printf '%s\n' "$2" | "$outcry" console --attach "$1.sock" --trade >console.log 2>&1 && says "$3" console.log; }
paper
at_venue
until_ asked one fills ' BUY '
until_ asked two fills ' BUY '
minute() { date +%s | awk '{ print int($1 / 60) }'; }
# Whole bars before the hole: the one in which it began was not heard as a whole, and is told behind its end.
until [ "$(grep -c 'bar at' one.log)" -ge 1 ] && [ "$(grep -c 'bar at' two.log)" -ge 1 ]; do
    kill -0 $host && kill -0 $host2 || fail "one has ended: $(cat one.log two.log)"
    sleep 0.5
done
kill -9 $host $host2
wait $host $host2 2>/dev/null
from=$(minute)
while [ "$(minute)" -le $((from + 1)) ]; do sleep 0.5; done
rm -f one.sock two.sock
paper
at_venue
until [ "$(grep -c 'resync behind' one.log)" -ge 1 ] && [ "$(grep -c 'resync behind' two.log)" -ge 1 ]; do
    kill -0 $host && kill -0 $host2 || fail "one has ended: $(cat one.log two.log)"
    sleep 0.5
done
status() { # SOCKET CODE WORDS
    "$outcry" status --attach "$1.sock" --stale 0 >status.out 2>&1
    code=$?
    says "$3" status.out && [ $code = "$2" ]
}
until_ status one 1 '^wrong  *resync: BTC/USD: holds 0.001 and would be flat: .* missed$'
until_ status two 0 '^wrong  *nothing$' # it does not say, which is no difference
until_ asked one strategies 'BTC/USD: holds 0.001 and would be flat'
until_ asked two strategies 'BTC/USD: holds 0.00099, and'
until_ says 'alarm resync: resync: BTC/USD: holds 0.001 and would be flat' told
until_ says 'warning resync: resync: BTC/USD: holds 0.00099, and has not said what it would hold' told
asked one 'sell 0.001 BTC/USD for resync' 'SELL' || fail "it is not sold: $(cat console.log)"
until_ status one 0 '^wrong  *nothing$'
asked one strategies 'behind a hole' && fail "what was sold is still told: $(cat console.log)"
[ "$(grep -c '^alarm' told)" = 1 ] || fail "told more than once: $(cat told)"
for socket in one two; do
    [ $socket = one ] && at=$host || at=$host2
    kill -INT $at
    wait $at
done
host= host2=
for folder in one two; do "$outcry" replay $folder --diff >replayed 2>&1 || fail "the replay of $folder differs: $(cat replayed)"; done
tell quit
wait $pid || fail "the venue ends with $?"
pid=
echo "behind a hole: what is held, and what would be"
