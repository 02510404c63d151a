#!/bin/sh
# long.sh HOURS PLUGINS LOG [UNTIL [STEP [PAGE]]]: simulated hours with all venues, STEP at a time, until LOG adds up to UNTIL (1,000,000). Each step is written down when it
# is over, and what they come to in the sentence of PAGE: when, with which source, which seeds, how many hours, how many seeds failed. It goes on behind the last seed that stands there: stop it when you
# like. A seed that fails is written down too, with the command that repeats it, and ends the run.
set -u
hours=$1 plugins=$2 log=$3 until=${4:-1000000} step=${5:-500} page=${6:-}
each=5
[ -e "$log" ] || : >"$log"
sum() { awk '!/^#/ && NF { s += $5 } END { print s + 0 }' "$log"; }
source=$(git -C "$(dirname "$0")" rev-parse --short=12 HEAD 2>/dev/null || echo unknown)
[ -z "$(git -C "$(dirname "$0")" status --porcelain -- ../../.. ":!../../../$(basename "$log")" ":!run.log" 2>/dev/null)" ] || source=$source+
out=$(mktemp)
trap 'rm -f "$out"' EXIT
trap 'exit 130' INT TERM
while [ "$(sum)" -lt "$until" ]; do
    first=$(awk '!/^#/ && NF { if ($4 > last) last = $4 } END { printf "%d", (last ? last : 999999) + 1 }' "$log")
    left=$((until - $(sum)))
    [ "$left" -lt "$step" ] && step=$(((left + each - 1) / each * each))
    "$hours" "$plugins" --hours "$step" --each $each --first "$first" --jobs "${JOBS:-2}" >"$out" 2>&1
    code=$?
    grep -q "^$step h in " "$out" || { cat "$out"; exit 1; } # it was stopped: nothing is written down
    failed=$(sed -n "s/^$step h in [0-9]* seeds, \([0-9]*\) failed.*/\1/p" "$out")
    echo "$(date -u +%Y-%m-%d) $source $first $((first + step / each - 1)) $step $failed" >>"$log"
    grep '^seed [0-9]*: .*again: ' "$out" | sed 's/^/# /' >>"$log"
    [ -z "$page" ] || sed -i "s/^So far .* hours have been run, of which .* seeds failed/So far $(sum) hours have been run, of which $(awk '!/^#/ && NF { s += $6 } END { print s + 0 }' "$log") seeds failed/" "$page"
    echo "$(sum) h, $failed of $((step / each)) seeds failed"
    [ $code -eq 0 ] || { grep '^seed [0-9]*: .*again: \|^FAIL' "$out"; exit 1; }
done
