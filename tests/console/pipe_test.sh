#!/bin/sh
# Pipes: no prompt, no pane, no colour; each line or whole chunk as it comes; errors go on; codes. And no terminal is needed.
. "$(dirname "$0")/kit.sh"
expect() { [ "$2" = "$3" ] || fail "$1: expected \`$3\`, found \`$2\`"; }

out=$(printf 'print(1)\nfunction f(x)\n\n\n  return x + 1\nend\nprint(f(41))\nnonsense +\n+\nprint(3)\n' | "$outcry" console 2>&1)
code=$?
expect "the code at the end of the input" "$code" 0
expect "the first line" "$(echo "$out" | head -1)" 1
echo "$out" | grep -qx 42 || fail "a chunk with empty lines: $out"
ok "lines and chunks"

out=$(printf 'error("boom")\nprint("went on")\n' | "$outcry" console 2>/dev/null)
expect "the code after an error" $? 0
echo "$out" | grep -q boom || fail "the error is not said: $out"
echo "$out" | grep -qx 'went on' || fail "it does not go on after an error: $out"
out=$(printf 'print(1)\nquit\nprint(2)\n' | "$outcry" console)
expect "the code of quit" $? 0
expect "quit" "$out" 1
out=$(printf 'print(5)' | "$outcry" console)
expect "a last line without an end" "$out" 5
out=$(printf 'if true then\n' | "$outcry" console)
expect "the code of an incomplete chunk" $? 0
echo "$out" | grep -q 'not complete' || fail "an incomplete chunk is not said: $out"
printf 'buy 0.1 BTC/USDT\nbook\n' | TERM=xterm-256color "$outcry" console >"$dir/out" 2>&1
grep -q "$(printf '\033')" "$dir/out" && fail "escape sequences in a pipe: $(cat -v "$dir/out")"
grep -q 'filled' "$dir/out" || fail "a purchase in a pipe: $(cat "$dir/out")"
ok "errors, quit, a last line without an end, no colours"

start_host
out=$( (echo 'print(1)'; until_true 10 test -e "$dir/attached"; echo 'print(2)') | "$outcry" console --attach | while read -r word; do
    echo "$word"
    : >"$dir/attached"
done)
expect "each line as it comes" "$(echo $out)" "1 2"
mkfifo "$dir/in"
"$outcry" console --attach >"$dir/out" 2>&1 <"$dir/in" &
console=$!
exec 9>"$dir/in"
echo 'print("attached")' >&9
until_true 10 grep -q attached "$dir/out" || fail "nothing came from the attached console"
kill -9 "$host"
host=
wait "$console"
expect "the code when the host went away" $? 1
grep -q 'the host is gone' "$dir/out" || fail "the host's end is not said: $(cat "$dir/out")"
ok "attached: each line is answered as it comes; code 1 when the host goes away"
out=$(printf 'venues\n' | "$outcry" console --feed synthetic-bars:50 --paused)
echo "$out" | grep -q 'neutral, 5ms, fees taker 0 maker 0' || fail "U18: what is assumed of fees is not said: $out"
out=$(printf 'venues\n' | "$outcry" console --feed synthetic-bars:50 --paused --fee taker=0.1%)
echo "$out" | grep -q 'fees taker 0.1% maker 0' || fail "U18: what was said of fees is not shown: $out"
ok "U18: the fees of a console are those of backtest and paper, and shown"
