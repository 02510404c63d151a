#!/bin/sh
# console_limits.sh OUTCRY: how a piped console ends, and what an evaluation may take. Needs no terminal.
. "$(dirname "$0")/console_kit.sh"
name="a piped console"
console() { "$outcry" console --feed synthetic-bars:500 --paused "$@" >"$work/out" 2>&1; }

console </dev/null
exits $? 0 "no input"
printf 'print(1)\nerror("wrong")\nnonsense here\nprint(2)' | console
exits $? 0 "the end of the input, after errors"
has "$work/out" "wrong"
[ "$(grep -cx '[12]' "$work/out")" = 2 ] || { say "lines after an error are done"; cat "$work/out"; }
printf 'quit\nprint("after")\n' | console
exits $? 0 "quit"
lacks "$work/out" "after"
"$outcry" console --attach "$work/run/none.sock" </dev/null >"$work/out" 2>&1
exits $? 1 "no host"
"$outcry" console --attach "$work/run/none.sock" strategies/sma_cross.lua </dev/null >"$work/out" 2>&1
exits $? 2 "a file for a host that runs"
"$outcry" console --feed nowhere </dev/null >"$work/out" 2>&1
exits $? 3 "a feed that is none"

# What cannot be known is not shown as nothing, what cannot come is not waited for, and what was denied was not sent.
printf 'preview buy 0.1\nuntil_fill\nstep 3 orders\nstep 90\nbuy 0.1 @ 60000\nexplain o1\nbuy 0.1 stop 60000\nbuy 0.1 stop 30000\nstep 2\nexplain o4\n' | console --set risk.price_collar.band=0.05
exits $? 0 "looking ahead"
has "$work/out" "no price is known yet"
[ "$(grep -c NOTHING_TO_WAIT_FOR "$work/out")" = 2 ] || { say "waiting for nothing is refused"; cat "$work/out"; }
has "$work/out" "asked   new BUY 0.1 @ 60000"
has "$work/out" "STOP_LOSS_ON_WRONG_SIDE"
has "$work/out" "the stop loss of o"

# Steps of time, from where the session stands (U2)
printf 'step\nstep 1h\nstep("90m")\nstep 2 parsecs\nstep 0\n' | console
exits $? 0 "steps of time"
has "$work/out" "paused at 2024-01-01T01:01:00Z"
has "$work/out" "paused at 2024-01-01T02:31:00Z"
[ "$(grep -c 'BAD_STEP' "$work/out")" = 2 ] || { say "steps that are none"; cat "$work/out"; }

# The limit holds for a loop, a loop in pcall, a pattern, and a coroutine; then the next line works.
printf 'x = 1\nwhile true do end\nprint("next", x)\nrepeat pcall(function() while true do end end) until false\nprint("still", x)\ncoroutine.wrap(function() while true do x = 2 end end)()\nprint("and", x)\n' >"$work/in"
console --set console.limit=300ms <"$work/in"
exits $? 0 "endless loops"
has "$work/out" "next	1"
has "$work/out" "still	1"
has "$work/out" "and	2"
[ "$(grep -c 'console.limit' "$work/out")" -ge 3 ] || { say "three loops are ended by the limit"; cat "$work/out"; }
"$outcry" console --feed synthetic-bars --set console.limit=much </dev/null >"$work/out" 2>&1
exits $? 3 "a limit that is no duration"

# A huge table and a huge print end too, and leave the console well.
printf 't = {} for i = 1, 1e9 do t[i] = ("x"):rep(1000) .. i end\nprint("well")\n' | console --set console.limit=2s
exits $? 0 "too much memory"
has "$work/out" "well"
printf 'for i = 1, 200000 do print(i) end\nprint("done")\n' | "$outcry" console --feed synthetic-bars:500 --paused 2>&1 | tail -1 >"$work/out"
has "$work/out" "done"
"$outcry" console --feed synthetic-bars:500 </dev/null >/dev/full 2>"$work/out"
printf 'while true do print(("x"):rep(100)) end\n' | timeout 20 "$outcry" console --feed synthetic-bars:500 --paused 2>/dev/null | head -1 >"$work/out"
has "$work/out" "xxxx"

# The host goes away: 1, and it says so.
mkfifo "$work/in.fifo"
"$outcry" paper --feed synthetic:10 --speed 1x --cash '10000 USDT' --set console.socket="$work/run/host.sock" >"$work/host.out" 2>&1 &
host=$!
pids=$host
until_true test -S "$work/run/host.sock" || { say "no socket"; cat "$work/host.out"; }
[ "$(stat -c %a "$work/run/host.sock")" = 600 ] || say "the socket is not its owner's alone: $(stat -c %a "$work/run/host.sock")"
"$outcry" console --attach "$work/run/host.sock" >"$work/out" 2>&1 <"$work/in.fifo" &
console=$!
exec 9>"$work/in.fifo"
echo 'print("there")' >&9
until_true grep -q there "$work/out" || say "the attached console does not answer"
# Eight consoles are attached, and the ninth is told so; when one leaves, another has its place.
for i in 2 3 4 5 6 7 8; do
    mkfifo "$work/fifo$i"
    "$outcry" console --attach "$work/run/host.sock" >"$work/out$i" 2>&1 <"$work/fifo$i" &
    pids="$pids $!"
done
(exec 9>"$work/fifo8" sleep 60) &
pids="$pids $!"
exec 3>"$work/fifo2" 4>"$work/fifo3" 5>"$work/fifo4" 6>"$work/fifo5" 7>"$work/fifo6" 8>"$work/fifo7"
for fd in 3 4 5 6 7 8; do echo 'print("here")' >&$fd; done
for i in 2 3 4 5 6 7; do until_true grep -qs here "$work/out$i" || say "console $i does not answer"; done
until_true eval '[ "$(find "/proc/$host/fd" -lname "socket:*" | wc -l)" -ge 9 ]' || say "not eight consoles and a door"
echo quit | "$outcry" console --attach "$work/run/host.sock" >"$work/ninth" 2>&1
exits $? 1 "a ninth console"
has "$work/ninth" "as many consoles as the host takes are attached"
exec 3>&-
until_true eval 'echo "print(\"in\")" | "$outcry" console --attach "$work/run/host.sock" 2>&1 | grep -qx in' || say "no place for another one"
exec 4>&- 5>&- 6>&- 7>&- 8>&-
kill -9 $host
wait $host 2>/dev/null
for pid in $pids; do kill -9 "$pid" 2>/dev/null; done
pids=
wait $console
exits $? 1 "the host is gone"
has "$work/out" "the host is gone"
exec 9>&-
none_left
[ $bad = 0 ] && echo "a piped console ends as it says, and its lines are limited"
exit $bad
