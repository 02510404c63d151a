#!/bin/sh
# A long way through a recording: Ctrl-C and another line stop it where it is, and with the console (kill -9) each copy of the process ends.
. "$(dirname "$0")/kit.sh"
"$outcry" paper --feed synthetic-bars:400000 --cash '10000 USDT' "$(dirname "$0")/../../strategies/sma_cross.lua" --session "$dir/long" \
    --quiet >"$dir/out" 2>&1 || fail "the recording: $(cat "$dir/out")"
copies() { pgrep -f "replay $dir/long" | wc -l; }
has_none() { [ "$(copies)" = 0 ]; }
mkfifo "$dir/in"
"$outcry" replay "$dir/long" --console >"$dir/out" 2>&1 <"$dir/in" &
console=$!
exec 9>"$dir/in"
echo 'step(20000) back(3000) step(1000) back(9000) print("there")' >&9
until_true 15 grep -qx there "$dir/out" || fail "it does not get there: $(cat "$dir/out")"
[ "$(copies)" -gt 3 ] || fail "there are no copies to go back to"
kill -9 "$console"
wait "$console" 2>/dev/null
until_true 5 has_none || fail "$(copies) processes outlive their console"
ok "kill -9 of the console ends each copy"

"$outcry" replay "$dir/long" --console >"$dir/out" 2>&1 <"$dir/in" &
console=$!
exec 8>"$dir/in"
echo 'print("again") step(390000) print("past")' >&8
until_true 15 grep -qx again "$dir/out" || fail "it does not begin: $(cat "$dir/out")"
kill -9 "$console"
wait "$console" 2>/dev/null
until_true 5 has_none || fail "$(copies) processes run on without their console"
ok "kill -9 while it runs ends it"
