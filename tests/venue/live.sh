#!/bin/sh
# live.sh OUTCRY_VENUE OUTCRY: a feed on the network as a strategy has it: the order book is the venue's, also behind a lost message; bars are
# closed by the clock, empty ones too; a console reads the book; it is replayed to the byte.
more='bar_grace = "200ms";'
face=binanceus
. "$(dirname "$0")/face_kit.sh"
begin() {
    touch host.log
    "$outcry" run "$here/live.lua" --venue binanceus --config main.conf --cash '100000 USD' --session life --listen life.sock \
        --json >life.json 2>>host.log &
    host=$!
}
as_theirs() { # the last book that the strategy saw is the venue's
    curl -sS --cacert rehearsal/ca.pem "https://localhost:$port/api/v3/depth?symbol=BTCUSD&limit=3" |
        jq -r 'def side: map("\(.[0] | tonumber) \(.[1] | tonumber)") | join(" "); (.bids | side) + " / " + (.asks | side)' |
        awk '{ out = "book"; for (i = 1; i <= NF; i++) if ($i == "/") out = out " /"; else { out = out sprintf(" %.2f*%.5f", $i, $(i + 1)); i++ }
            print out }' >theirs
    grep -o 'book .*\*.*' host.log | tail -n 1 >ours
    cmp -s ours theirs
}
begin
until_ says 'is compared' host.log
sleep 0.2
tell buy 0.5 BTCUSD @ 59979.25 at the website of second
until_ says 'walk true' host.log
tell buy 0.001 BTCUSD at the website of second
until_ says 'BTC/USD: the venue has no history of such bars: bars of 1s that were not heard as a whole' host.log
until_ says 'bar 2 of' host.log
until_ as_theirs
printf 'book BTC/USD\nwalk 0.001 BTC/USD\n' | "$outcry" console --attach life.sock >console.log 2>&1
says 'buy, average' console.log || fail "the console says $(cat console.log)"
tell drop messages 1
tell buy 0.25 BTCUSD @ 59979.75 at the website of second
until_ says 'drop messages' said
sleep 0.3
tell buy 0.125 BTCUSD @ 59980.5 at the website of second
until_ says 'the order book of BTC/USD has a gap: it begins anew' host.log
until_ as_theirs
# Killed, and gone on with: the book begins anew with the venue.
kill -9 $host
wait $host 2>/dev/null
tell buy 0.0625 BTCUSD @ 59981 at the website of second
books=$(grep -c ': book ' host.log)
begin
more_books() { [ "$(grep -c ': book ' host.log)" -gt "$books" ]; }
until_ more_books
until_ as_theirs
tell buy 0.002 BTCUSD at the website of second
bars=$(grep -c ' bar [0-9]* of ' host.log)
more_bars() { [ "$(grep -c ' bar [0-9]* of ' host.log)" -gt $((bars + 1)) ]; }
until_ more_bars
kill -INT $host
wait $host
code=$?
[ $code -eq 0 ] || [ $code -eq 130 ] || fail "the session ended with $code"
host=
# Each second once, in order; the empty ones too.
grep -o ' bar [0-9]* of [0-9]* .*' host.log | awk '{ if (NR > 1 && $4 <= last) { print "behind " last ": " $0; bad = 1 } last = $4 } /0\.00000 traded/ { empty++ }
    END { if (!empty) print "no second was empty"; exit bad || !empty }' >order || fail "bars: $(cat order)"
"$outcry" replay life --diff >replayed 2>&1 || fail "a replay differs: $(cat replayed)"
tell quit
wait $pid || fail "the venue ends with $?"
pid=
