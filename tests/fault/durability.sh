#!/bin/sh
# durability.sh OUTCRY: `durability = power` is true (D5): what adds risk leaves only when its record is on the disk, so there is a sync
# for each batch that does; and a simulator gives the same fills as under `process`. A close that fails is said (exit code 1).
set -u
outcry=$(realpath "$1")
w=$(mktemp -d)
trap 'rm -rf "$w"' EXIT
cd "$(dirname "$0")/../.." || exit 1
fail() { echo "durability: $*"; exit 1; }
run() {
    strace -f -qq -e trace=fsync,fdatasync,msync -o "$w/$1.trace" "$outcry" paper strategies/sma_cross.lua --feed synthetic-bars:3000 \
        --cash '10000 USDT' --session "$w/$1" --listen none --durability "$1" --json >"$w/$1.json" 2>"$w/err" || { cat "$w/err"; fail "$1 failed"; }
    grep -cE '(fsync|fdatasync|msync)\(' "$w/$1.trace"
}
process=$(run process)
power=$(run power)
for key in .hashes.meaning .hashes.orders .money.final .trades.fills; do
    [ "$(jq "$key" "$w/process.json")" = "$(jq "$key" "$w/power.json")" ] || fail "$key differs"
done
# entries are sent one at a time by this strategy; what closes is sent at once
entries=$(jq '[.trips[]] | length' "$w/power.json" 2>/dev/null || jq '.trades.round_trips' "$w/power.json")
[ "$entries" -gt 20 ] || fail "too few entries to tell: $entries"
[ $((power - process)) -ge "$entries" ] || fail "$power syncs under power, $process under process, for $entries entries"
echo "durability: $entries entries, $process syncs under process, $power under power; the same fills"

# The last sync of a session fails: said at the end with the exit code, and the next start goes on.
args="paper strategies/sma_cross.lua --feed synthetic-bars:3000 --cash 10000USDT --session $w/unclosed --listen none"
# shellcheck disable=SC2086
strace -f -qq -e trace=ftruncate -e inject=ftruncate:error=EIO -o "$w/trace" "$outcry" $args >"$w/out" 2>"$w/err"
code=$?
grep -q INJECTED "$w/trace" || fail "no truncation was made to fail"
[ $code = 1 ] || { cat "$w/err"; fail "a session that could not be closed ends with exit $code, expected 1"; }
grep -q 'was not closed as it should be: .*truncate' "$w/err" || { cat "$w/err"; fail "that it was not closed is not said"; }
# shellcheck disable=SC2086
"$outcry" $args >"$w/out" 2>"$w/err" || { cat "$w/err"; fail "it is not gone on with"; }
"$outcry" replay "$w/unclosed" --diff >"$w/out" 2>&1 || { tail -n 5 "$w/out"; fail "its replay differs"; }
echo "durability: a close that fails is said, and the session is gone on with"
