#!/bin/sh
# kills.sh SCRIPT OUTCRY_VENUE OUTCRY [ROUNDS [KILLS [AT_ONCE]]]: rounds of binanceus_kill.sh or three_kill.sh, each with venues and a seed of its own, for a venue counts the weight of
# what it is asked: a host that began each second would wait for it, and nothing would be killed but its waiting.
set -u
here=$(dirname "$(realpath "$0")")
script=$1 rounds=${4:-25} kills=${5:-8} at_once=${6:-4}
w=$(mktemp -d)
trap 'rm -rf "$w"' EXIT
seq "$rounds" | xargs -P "$at_once" -I SEED sh -c 'sh "$1" "$2" "$3" "$4" SEED >"$5/SEED" 2>&1 || touch "$5/SEED.bad"' - "$here/$script" "$2" "$3" "$kills" "$w"
bad=$(find "$w" -name '*.bad' | wc -l)
for log in "$w"/*.bad; do
    [ ! -e "$log" ] || { echo "FAIL seed $(basename "$log" .bad):"; head -n 3 "${log%.bad}"; tail -n 5 "${log%.bad}"; }
done
cat "$w"/* | awk 'function place(  i) { for (i = 2; i <= NF; i++) if ($i ~ /^fills/) return i - 1 } /kills, .* fills.*: none lost/ { k += $1; f += $(place()); r++ } END { printf "%d rounds: %d kills, %d fills: none lost, none doubled, and each replay is the same\n", r, k, f }'
[ "$bad" = 0 ]
