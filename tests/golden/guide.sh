#!/bin/sh
# guide.sh OUTCRY: every Lua piece of the strategy guide is a strategy that runs, makes no error and is not suspended, or a test that passes.
set -u
outcry=$(realpath "$1")
cd "$(dirname "$0")/../.." || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
awk -v dir="$work" '/^```lua$/ { n++; inside = 1; next } /^```$/ { inside = 0 } inside { print > (dir "/piece" n ".lua") }' \
    docs/strategy-guide.md
bad=0
count=0
for file in "$work"/piece*.lua; do
    [ -f "$file" ] || continue
    if grep -q '^test(' "$file"; then # a test of the strategy that `strategy new` makes
        (cd "$work" && "$outcry" strategy new dips && "$outcry" test "$file") >"$work/out" 2>&1 || { echo "guide: the test fails:"; cat "$work/out"; bad=1; }
        continue
    fi
    count=$((count + 1))
    "$outcry" backtest "$file" synthetic-bars:2000 --cash '10000 USDT' --fee taker=0.1% >"$work/out" 2>&1 ||
        { echo "guide: piece $count fails:"; head -8 "$work/out"; bad=1; }
    case $count in 1 | 3 | 4 | 5 | 6) # those that trade
        grep -q '^  Fills  *[1-9]' "$work/out" || { echo "guide: piece $count trades nothing"; bad=1; } ;;
    esac
done
[ $count -eq 6 ] || { echo "guide: $count pieces were found, expected 6"; bad=1; }
[ $bad = 0 ] && echo "guide: $count pieces run"
exit $bad
