#!/bin/sh
# try_run.sh OUTCRY OUTCRY_VENUE: `outcry venue try` at the rehearsal venue: what it asks, what it costs, what it leaves, and what it keeps; what
# makes it fail.
set -u
. "$(dirname "$0")/kit.sh"
start_venue --every 100ms
conf main.conf
tries() { # CODE MORE...
    wanted=$1
    shift
    "$outcry" venue try plain/main --config main.conf --plugin plain="$w/plain.so" "$@" >out 2>err </dev/null
    code=$?
    [ $code = "$wanted" ] || fail "try $*: exit code $code in place of $wanted: $(cat out)"
}
says() { grep -q -e "$1" out || fail "'$1' is not said: $(cat out)"; }
tries 1 --max 15
grep -q "expected the most that an order may be worth: --max '15 USD'" err || fail "no currency: $(cat err)"
tries 1
tries 1 --max '15 USDT' # nobody says that it is meant
grep -q '^REHEARSAL of live: account main at plain' err || fail "no screen: $(cat err)"
grep -q 'not armed: nothing was sent' err || fail "it was not asked: $(cat err)"
echo 'orders all' >&8
sleep 0.3
grep -q '^[0-9]* main' venue.log && fail "orders were sent before: $(cat venue.log)"
tries 0 --max '15 USDT' --yes main
says '^ok  *post-only  *rests at [0-9.]*, 80 % of the market, accepted in'
says '^ok  *ids  *ours oc[0-9a-z]*, the venue.s [0-9]'
says '^ok  *amend  *the price is the new one in'
says '^ok  *cancel  *gone in'
says '^ok  *round trip  *not asked for: --trade'
says '^ok  *balances  *as the venue says, to the last digit$'
says '^passed: plain/main; sessions stay REHEARSED ONLY until it has passed with --trade$'
tries 0 --max '15 USDT' --yes main --trade
says '^ok  *buy  *filled in .*, fee 0.[0-9]* USDT, 0.1000 %'
says '^ok  *sell  *filled in'
says '^ok  *balances'
says '^passed: plain/main$'
folder=$(sed -n 's/^record: //p' out)
case $folder in "$w/home/.local/share/outcry/try-plain-main-"*) ;; *) fail "its record is in $folder" ;; esac
"$outcry" replay "$folder" --diff >said 2>&1 || fail "its record differs: $(cat said)"
tries=$w/home/.local/share/outcry/tries
[ "$(grep -c ' org.example.plain 0.1.0 local plain main passed without a trade$' "$tries")" = 1 ] || fail "kept: $(cat "$tries")"
[ "$(grep -c ' org.example.plain 0.1.0 local plain main passed with a trade$' "$tries")" = 1 ] || fail "kept: $(cat "$tries")"
[ "$(stat -c %a "$tries")" = 600 ] || fail "others may read what is kept"
# What is wrong is said, and kept.
tries 4 --max '0.0001 USDT' --yes main
says '^FAILED  *size  *the smallest order of BTC/USDT is worth'
echo 'fail requests of orders always' >&8
sleep 0.2
tries 4 --max '15 USDT' --yes main
says '^FAILED  *post-only'
says '^failed: plain/main$'
grep -q 'plain main failed without a trade$' "$tries" || fail "a failure is not kept: $(cat "$tries")"
echo calm >&8
sleep 0.5
before=$(wc -l <venue.log)
echo 'orders all' >&8
sleep 0.3
tail -n "+$((before + 1))" venue.log | grep ' main .*: open' && fail 'it leaves an order'
echo quit >&8
wait $venue
venue=
echo "try: tried"
