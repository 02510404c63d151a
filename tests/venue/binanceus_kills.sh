#!/bin/sh
# binanceus_kills.sh OUTCRY_VENUE OUTCRY [ROUNDS [KILLS [AT_ONCE]]]: rounds of binanceus_kill.sh, each with a venue and a seed of its own, for a venue counts the
# weight of what it is asked: a host that began each second would wait for it, and nothing would be killed but its waiting.
set -u
here=$(dirname "$(realpath "$0")")
rounds=${3:-25} kills=${4:-8} at_once=${5:-4}
w=$(mktemp -d)
trap 'rm -rf "$w"' EXIT
seq "$rounds" | xargs -P "$at_once" -I SEED sh -c 'sh "$1/binanceus_kill.sh" "$2" "$3" "$4" SEED >"$5/SEED" 2>&1 || touch "$5/SEED.bad"' - "$here" "$1" "$2" "$kills" "$w"
bad=$(find "$w" -name '*.bad' | wc -l)
for log in "$w"/*.bad; do
    [ ! -e "$log" ] || { echo "FAIL seed $(basename "$log" .bad):"; head -n 3 "${log%.bad}"; tail -n 5 "${log%.bad}"; }
done
cat "$w"/* | awk '/kills, .* fills: none lost/ { k += $1; o += $3; f += $5; r++ } END { printf "%d rounds: %d kills, %d orders, %d fills: none lost, none doubled, and each replay is the same\n", r, k, o, f }'
[ "$bad" = 0 ]
