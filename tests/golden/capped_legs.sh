#!/bin/sh
# capped_legs.sh OUTCRY [FIRST LAST]: brackets that are drawn, changed, taken down and closed while a volume cap gives them a part a bar.
# What simulator and host know of them never differs: no alarm, no refusal at the border, the same position at the end. A leg grows and
# trades inside a bar, and the host asks for that only when it is told.
set -u
outcry=$(realpath "$1") first=${2:-1} last=${3:-110}
walk=$(realpath "$(dirname "$1")/tests/support/walk_bars") strategy=$(realpath "$(dirname "$0")/capped_legs.lua")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME="$work" OUTCRY__STRATEGY__DEADLINE=10m
cd "$work" || exit 1
bad=0 seed=$first
while [ "$seed" -le "$last" ]; do
    "$walk" "$seed" 600 | awk -F, -v seed="$seed" 'BEGIN { OFS = ","; r = seed } NR > 1 { r = (r * 1103515245 + 12345) % 2147483648; $6 = int(r / 65536) % 100 } { print }' >bars.csv
    for profile in neutral pessimistic optimistic; do
        "$outcry" backtest "$strategy" bars.csv --cash '100000 USDT' --allow-short -p seed="$seed" \
            --data 'price_step=0.01;qty_step=0.001' --profile $profile --json >out 2>err || { echo "seed $seed, $profile: ended with $?"; tail -n 2 err; bad=1; }
        grep -h 'alarm: \|border: \|reconcile: ' err && { echo "seed $seed, $profile: that"; bad=1; }
        grep -q '"fills": [1-9]' out || { echo "seed $seed, $profile: nothing traded"; bad=1; }
    done
    seed=$((seed + 1))
done
[ $bad = 0 ] && echo "seeds $first to $last under three profiles: simulator and host agree"
exit $bad
