#!/bin/sh
# hangups.sh OUTCRY: a terminal that hangs up, a pipe that is closed, a device that is full and a file that may not grow are words,
# never deaths (A12, A16).
set -u
outcry=$(realpath "$1")
w=$(mktemp -d)
trap 'rm -rf "$w"' EXIT
cd "$(dirname "$0")/../.." || exit 1
fail() { echo "hangups: $*"; exit 1; }
backtest="backtest strategies/buy_and_hold.lua synthetic-bars:2000 --cash 10000USDT"

# shellcheck disable=SC2086
"$outcry" $backtest >/dev/full 2>"$w/err"
[ $? = 1 ] || fail "a full device: exit $?, expected 1"
grep -q 'could not be written' "$w/err" || fail "a full device is not said"
"$outcry" help >/dev/full 2>"$w/err"
[ $? = 1 ] || fail "help to a full device is no error"
# A12: every kind of output: text, JSON, page, lists, and what a child of a verb says.
# shellcheck disable=SC2086
"$outcry" paper strategies/buy_and_hold.lua --feed synthetic-bars:500 --cash '10000 USDT' --session "$w/kept" --listen none --quiet >/dev/null 2>"$w/err" || fail "no session"
rule=$(dirname "$outcry")/plugins/risk/max_order_qty.so
for words in "$backtest --json" "report $w/kept" "report $w/kept --json" "replay $w/kept" "plugin list" "plugin info $rule" "plugin check $rule" \
    "config keys" "config check etc/outcry.conf" "plugin try $rule sdk/examples/risk_maxqty/try.txt --set limit=0.5"; do
    # shellcheck disable=SC2086
    "$outcry" $words >/dev/full 2>"$w/err"
    code=$?
    [ $code = 1 ] || fail "A12: $words to a full device: exit $code, expected 1"
    grep -q 'could not be written' "$w/err" || fail "A12: $words: a full device is not said"
done
# shellcheck disable=SC2086
"$outcry" $backtest --report /dev/full >"$w/out" 2>"$w/err"
[ $? = 1 ] || fail "A12: a page to a full device is no error"
grep -q -- '--report /dev/full: write: No space left' "$w/err" || fail "A12: that the page is not written is not said"
# A15: a duration is added to the time of the data: the largest that there is is none at all.
for duration in 106751d 106000d; do
    "$outcry" paper strategies/buy_and_hold.lua --feed synthetic-bars:500 --duration $duration --cash '10000 USDT' --listen none --json >"$w/out" 2>"$w/err" || fail "A15: --duration $duration: $(cat "$w/err")"
    [ "$(jq .trades.fills "$w/out")" -gt 1 ] || fail "A15: --duration $duration: $(jq -c .trades "$w/out")"
done
for words in "--latency 106751d" "--latency 90000d" "--duration 106752d" "--duration -1d" "--spread 100000000bps" "--fee taker=900%"; do
    # shellcheck disable=SC2086
    "$outcry" paper strategies/buy_and_hold.lua --feed synthetic-bars:500 --cash '10000 USDT' --listen none $words >"$w/out" 2>"$w/err"
    code=$?
    [ $code = 2 ] || [ $code = 3 ] || fail "A15: $words: exit $code, expected 2 or 3"
done

# shellcheck disable=SC2086
{ "$outcry" $backtest --report "$w/page.html"; echo $? >"$w/code"; } 2>"$w/err" | head -c 1 >/dev/null
[ -s "$w/code" ] || fail "it died of a closed pipe"
[ -s "$w/page.html" ] || [ "$(cat "$w/code")" = 1 ] || fail "a closed pipe: exit $(cat "$w/code")"

(ulimit -f 4000; "$outcry" paper strategies/buy_and_hold.lua --feed synthetic-bars:2000 --cash '10000 USDT' --session "$w/s" --listen none) >"$w/out" 2>"$w/err"
code=$?
[ $code -lt 128 ] || fail "a file that may not grow: died of signal $((code - 128))"
grep -q 'session folder' "$w/err" || { cat "$w/err"; fail "a file that may not grow is not said"; }

"$outcry" paper strategies/buy_and_hold.lua --feed synthetic-bars:5000000 --speed 60000x --cash '10000 USDT' --listen none >"$w/out" 2>"$w/err" &
pid=$!
until [ "$(cat /proc/$pid/comm)" = outcry ] && # the shell that becomes it listens too
    [ $((0x0$(sed -n 's/^SigCgt:[[:space:]]*//p' /proc/$pid/status) & 1)) = 1 ]; do sleep 0.05; done
kill -HUP $pid
tries=0
until grep -q 'hung up' "$w/err"; do
    tries=$((tries + 1))
    [ $tries -lt 400 ] && kill -0 $pid 2>/dev/null || { cat "$w/err"; fail "a hang-up ended it, or is not said"; }
    sleep 0.05
done
kill -TERM $pid
wait $pid
[ $? = 0 ] || fail "behind a hang-up SIGTERM ends it with $?"
grep -q 'stopped by hand' "$w/err" || fail "that it was stopped is not said"
echo "hang-ups, closed pipes, full devices and files that may not grow are words"
