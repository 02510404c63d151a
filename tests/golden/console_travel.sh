#!/bin/sh
# console_travel.sh OUTCRY: walking in a recording: what an instant shows is the same however it was come to.
. "$(dirname "$0")/console_kit.sh"
name="walking in a recording"
look='print("mark") for _, w in ipairs { status, positions, orders, balances, pnl } do print(w()) end print(chart()) print("end of mark")'
travel() { "$outcry" replay "$@" --console 2>&1; }
# What is shown after each mark, one file a mark.
part() { awk -v out="$1" '/^mark$/ { n++; shown = 1; next } /^end of mark$/ { shown = 0 } shown { print >(out "." n) }' "$2"; }
same() { cmp -s "$1" "$2" || { say "$3:"; diff "$1" "$2" | head -10; }; }

# 100,000 bars and a strategy: more copies than are kept, so they are thinned out on the way.
"$outcry" backtest strategies/rsi_reversion.lua synthetic-bars:100000 --cash '10000 USDT' --fee taker=0.1% --end hold --quiet \
    --session "$work/long" || say "the session was not recorded"
cat >"$work/lines" <<LUA
step 30000
$look
step 40000 events
$look
step 29000
$look
back 29000 events
$look
back 40000
$look
to 2024-03-01T00:00:00Z
to 2024-01-21T20:00:00Z
$look
step 7 fills
at = now()
x = #fills(200)
back 3 fills
step 3 fills
print("fills again:", at == now(), x == #fills(200))
back 2 orders
step 2 orders
print("orders again:", at >= now())
o = orders('all')[1].id
a = status()
to(orders('all')[1])
a = status()
step 5000
to(o)
b = status()
print("order again:", a.now == b.now, a.equity == b.equity, a.seq == b.seq)
to o99999
print("no such order:", status().now == b.now)
LUA
travel "$work/long" <"$work/lines" >"$work/out"
exits $? 0 "walking"
part "$work/at" "$work/out"
same "$work/at.2" "$work/at.4" "70,000 events, forwards and back"
same "$work/at.1" "$work/at.5" "30,000 events, forwards and back"
same "$work/at.1" "$work/at.6" "30,000 events, and by time"
[ "$(grep -c events "$work/at.1")" -gt 0 ] || say "nothing was shown"
sed -n 1,40p "$work/at.3" | grep -q "99,000" || say "99,000 events were not reached"
has "$work/out" "fills again:	true	true"
has "$work/out" "orders again:	true"
has "$work/out" "order again:	true	true	true"
has "$work/out" "the recording has no order o99999"
has "$work/out" "no such order:	true"
none_left

# Nothing in it can be changed, and wrong places are said.
printf 'step 5000\nbuy 0.1\nsell 1\nclose\ncancel o1\nflatten\nkill\nunkill\nload strategies/sma_cross.lua\nunload rsi_reversion\nprint("no more")\n' |
    travel "$work/long" >"$work/out"
exits $? 0 "verbs"
[ "$(grep -c RECORDED "$work/out")" = 9 ] || { say "nine verbs are refused in a recording"; cat "$work/out"; }
printf 'to yesterday\nback 0\nback 1 miles\nstep 1 miles\nto 2030-01-01\nstep\nback 1\nprint(status().events)\n' | travel "$work/long" >"$work/out"
has "$work/out" "BAD_PLACE"
has "$work/out" "expected a count of 1 or more"
has "$work/out" "expected events, orders or fills"
has "$work/out" "FEED_ENDED"
has "$work/out" "99999"

# Data from files: the place in the file goes back too.
awk 'BEGIN { print "time,open,high,low,close,volume"; p = 100; for (i = 0; i < 20000; i++) { o = p; p += (i * 7919 % 41 - 20) / 10;
    if (p < 50) p = 50; h = (o > p ? o : p) + 0.3; l = (o < p ? o : p) - 0.3;
    printf "%d,%.1f,%.1f,%.1f,%.1f,%d\n", 1700000000 + i * 60, o, h, l, p, 5000 } }' >"$work/btcusdt.csv"
gzip -k "$work/btcusdt.csv"
cat >"$work/lines" <<LUA
step 6000
$look

step 9000
$look
back 9000
$look

to 2030-01-01
back 5000
$look
LUA
for file in btcusdt.csv btcusdt.csv.gz; do
    "$outcry" backtest strategies/sma_cross.lua "$work/$file" --cash '10000 USDT' --quiet --session "$work/of.$file" || say "$file"
    travel "$work/of.$file" <"$work/lines" >"$work/out"
    exits $? 0 "walking in $file"
    rm -f "$work"/at.*
    part "$work/at" "$work/out"
    same "$work/at.1" "$work/at.3" "$file, 6,000 events"
    grep -v "mode\|ended\|paused" "$work/at.2" >"$work/there"
    grep -v "mode\|ended\|paused" "$work/at.4" | diff - "$work/there" >"$work/diff" || { say "$file, 15,000 events"; head "$work/diff"; }
    grep -q "15,000" "$work/at.2" || say "$file: 15,000 events were not reached"
done
none_left

# A session of three lives is one recording: what was done after it was stopped is walked in like the rest, to its end and back.
for words in 'buy 0.01\nstep 50' 'step 20\nsell 0.01\nstep 50' 'buy 0.02\nstep 5'; do
    # shellcheck disable=SC2059
    printf "$words\n" | "$outcry" console --feed synthetic-bars:400 --cash '10000 USDT' --session "$work/lives" --paused >"$work/out" 2>&1
    exits $? 0 "a life: $words"
done
printf 'to o3\nprint("third " .. status().events, #fills(9))\nback 1 orders\nto o2\nprint("second " .. status().events, #fills(9))\nto 2024-01-01T00:30\nprint("first " .. status().events, #fills(9))\ngo\nprint(status())\nto 2024-02-01\n' >"$work/lines"
travel "$work/lives" <"$work/lines" >"$work/out"
exits $? 0 "walking in three lives"
for words in "third 120	2" "second 70	1" "first 30	1" "fills        3" "FEED_ENDED"; do has "$work/out" "$words"; done
none_left

# Orders have one name in every life and in the replay; what is known of those of an earlier life is not lost to the later ones.
mkfifo "$work/keys"
"$outcry" console --feed synthetic-bars:400 --cash '10000 USDT' --session "$work/cut" --paused <"$work/keys" >"$work/out" 2>&1 &
pids=$!
exec 9>"$work/keys"
printf 'buy 0.02\nstep 20\nprint("it " .. "stands")\n' >&9
until_true grep -q 'it stands' "$work/out" || say "no first life"
kill -9 $pids
wait $pids 2>/dev/null
pids=
exec 9>&-
printf 'sell 0.01\nstep 20\nprint(o2_1.state, o1.state)\ncancel o2_1\n' |
    "$outcry" console --feed synthetic-bars:400 --cash '10000 USDT' --session "$work/cut" --paused >"$work/out" 2>&1
exits $? 0 "a life after a kill"
for words in "o2_1 SELL" "FILLED	FILLED" "ORDER_IS_FINAL"; do has "$work/out" "$words"; done
printf 'to o2_1\nprint("made", o2_1.state, #fills(9))\ngo\nexplain o1\nexplain o2_1\norders all\n' >"$work/lines"
travel "$work/cut" <"$work/lines" >"$work/out"
exits $? 0 "walking over a kill"
for words in "made	SUBMITTED	1" "o1 BUY" "o2_1 SELL" "asked by  console-1: buy BTC/USDT" "asked by  console-1: sell BTC/USDT"; do has "$work/out" "$words"; done
none_left

# Lines from a file, not a pipe: going back must not take the lines back too. And a console that dies leaves no copies.
mkfifo "$work/in"
"$outcry" replay "$work/long" --console >"$work/out" 2>&1 <"$work/in" &
console=$!
pids=$console
exec 9>"$work/in"
printf 'step 20000\nback 100\nprint("there")\n' >&9
until_true grep -q there "$work/out" || say "no answer"
kill -9 $console
wait $console 2>/dev/null
pids=
exec 9>&-
none_left
"$outcry" replay "$work/nothing" --console </dev/null >"$work/out" 2>&1
exits $? 1 "a recording that is not there"

[ $bad = 0 ] && echo "an instant of a recording is the same however it was come to"
exit $bad
