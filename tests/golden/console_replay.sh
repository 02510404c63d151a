#!/bin/sh
# console_replay.sh OUTCRY: sessions traded by hand are recorded, agree with themselves, and go on after kill -9.
. "$(dirname "$0")/console_kit.sh"
name="sessions traded by hand"

# by_hand: lines a person might type, at three speeds.
by_hand() {
    echo 'buy 0.02'
    echo 'buy(0.03, { price = m.last * 0.99 })'
    sleep 0.3
    echo 'first = orders()[1]'
    echo 'first:amend { price = m.last * 0.995 }'
    sleep 0.2
    echo 'first:cancel()'
    echo 'buy 0.01 stop 20000 target 60000'
    sleep 0.3
    echo "speed $1"
    sleep 0.3
    echo 'sell 0.01'
    echo 'sell 0.01 @ 99999 post tag far'
    echo 'kill enough'
    echo 'buy 0.01'
    sleep 0.2
    echo 'unkill'
    echo 'cancel_all'
    echo 'speed 1'
    echo 'buy 0.01'
    sleep 0.3
    echo 'speed max'
    sleep 0.2
    echo 'sell 0.01 @ market tag fast'
    echo 'pause'
    echo 'sell 0.005'
    echo 'step 200'
    echo 'status'
    echo 'journal'
}

sed "s/name = \"sma_cross\"/name = \"minutes\", timeframe = \"1s\"/" strategies/sma_cross.lua >"$work/seconds.lua"
by_hand 60 | "$outcry" console "$work/seconds.lua" -p fast=3 -p slow=6 --feed synthetic:20 --session "$work/ticks" >"$work/out" 2>&1
exits $? 0 "ticks at 1x, 60x and max"
has "$work/out" "KILLED by latch"
has "$work/out" "filled 0.0200"
agrees "$work/ticks"

by_hand 60000 | "$outcry" console strategies/sma_cross.lua -p fast=3 -p slow=6 --feed synthetic-bars:100000000 --speed 6000x --session "$work/bars" >"$work/out" 2>&1
exits $? 0 "bars beside a strategy"
has "$work/out" "filled 0.0200"
agrees "$work/bars"
"$outcry" report "$work/bars" --json >"$work/report" 2>&1
[ "$(jq '.trades.fills' "$work/report")" -gt 4 ] || say "bars: strategy and hand made few fills"

# kill -9 in the middle: what was recorded agrees, and the next console goes on from it.
mkfifo "$work/in"
killed="--feed synthetic-bars:100000000 --session $work/killed"
"$outcry" console strategies/sma_cross.lua -p fast=3 -p slow=600 $killed --speed 6000x >"$work/out" 2>&1 <"$work/in" &
console=$!
pids=$console
exec 9>"$work/in"
printf 'buy 0.01\nbuy(0.01, { price = m.last * 0.9, tag = "rests" })\nprint("made")\n' >&9
until_true grep -q made "$work/out" || { say "no answer before the kill"; cat "$work/out"; }
has "$work/out" "filled 0.0100"
sleep 0.3
kill -9 $console
wait $console 2>/dev/null
pids=
exec 9>&-
agrees "$work/killed"
for round in 1 2; do # killed once, left in order once
    printf 'print("rests:", #orders(), m.position.qty)\n' |
        "$outcry" console strategies/sma_cross.lua -p fast=3 -p slow=600 $killed --paused --speed 1x >"$work/out" 2>&1
    exits $? 0 "going on, $round"
    has "$work/out" "rests:	1	0.01"
done
printf 'flatten\nstep 3\nprint("left:", #orders(), m.position.qty)\n' |
    "$outcry" console strategies/sma_cross.lua -p fast=3 -p slow=600 $killed --paused --speed 1x >"$work/out" 2>&1
has "$work/out" "left:	0	0"
agrees "$work/killed"
# What is asked first after a restart, before anything moves, is asked at the same instant in the replay.
number=0
for lines in 'kill\n' 'buy 0.1\nstep\n' 'load strategies/sma_cross.lua\nstep 40\n' 'flatten\nstep 3\nbuy 0.2\nstep\n'; do
    number=$((number + 1))
    again="--feed synthetic-bars:300 --paused --session $work/again$number"
    # shellcheck disable=SC2086
    printf 'step 20\nbuy 0.1 stop 36000\nstep 2\n' | "$outcry" console $again >"$work/out" 2>&1
    # shellcheck disable=SC2059,SC2086
    printf "$lines" | "$outcry" console $again >"$work/out" 2>&1
    exits $? 0 "gone on with $lines"
    agrees "$work/again$number"
done

# Paused and stepped, two runs give the same orders.
for run in a b; do
    printf 'pause\nspeed max\nstep 50\nbuy 0.02\nstep 100\nbuy(0.02, { price = m.last - 20 })\nstep 500\nkill\nunkill\nstep 2 fills\nflatten\nstep 10\njournal\n' |
        "$outcry" console strategies/sma_cross.lua --feed synthetic-bars:20000 --session "$work/$run" >"$work/$run.out" 2>&1
    exits $? 0 "run $run"
    agrees "$work/$run"
done
sed "s|$work/b|$work/a|" "$work/b.out" | diff "$work/a.out" - >"$work/diff" || { say "two runs part:"; head "$work/diff"; }
grep -q "order hash" "$work/a.out" || say "the journal shows no order hash"
"$outcry" diff "$work/a" "$work/b" >"$work/out" 2>&1 || say "diff of two equal runs: exit $?"
has "$work/out" "the same:"

none_left
[ $bad = 0 ] && echo "sessions traded by hand agree with themselves, and go on after kill -9"
exit $bad
