#!/bin/sh
# gate.sh [--again]: instructions an operation, by callgrind, as the difference of two runs of `outcry bench ROW`
# (BENCH_N operations, the watchdog off), against tests/bench/baseline.txt: above +3 % for rows in C, +6 % through Lua
# fails. The baseline is of a build without the optimisation at the link, as tests/run.sh makes it. Under another compiler or library than the baseline names it only reports. --again records anew.
# OUTCRY_BINARY: another program than build/release/outcry.
set -u
cd "$(dirname "$0")/../.." || exit 1
outcry=${OUTCRY_BINARY:-build/release/outcry}
baseline=tests/bench/baseline.txt
small=20000
large=120000
[ -x "$outcry" ] || { echo "gate: $outcry is not there: cmake --preset release && cmake --build build/release"; exit 1; }
command -v valgrind >/dev/null || { echo "gate: valgrind is not installed"; exit 1; }
mkdir -p build
scratch=$(mktemp -d build/gate.XXXXXX) || exit 1
trap 'rm -rf "$scratch"' EXIT

# NAME KIND ROW VARIABLE: what is counted.
rows='bars_lua lua bars BENCH_ROW=
bar_c c order BENCH_IDLE=1
order_c c order BENCH_ROW=
append_c c journal BENCH_ROW=
trade_frame c venue BENCH_FRAME=trade
top_frame c venue BENCH_FRAME=top
depth_frame c venue BENCH_FRAME=depth'

count() { # ROW N VARIABLE
    env BENCH_N="$2" "$3" valgrind --tool=callgrind --callgrind-out-file=/dev/null "$outcry" bench "$1" 2>&1 >/dev/null |
        sed -n 's/.*Collected : \([0-9]*\).*/\1/p'
}

versions() {
    echo "compiler $("$outcry" version | sed -n 's/.*compiler \([^ ,]*\).*/\1/p')"
    echo "lua $("$outcry" version | sed -n 's/.*Lua \([^ ,]*\).*/\1/p')"
    echo "libc $(getconf GNU_LIBC_VERSION | sed 's/ /-/')"
    echo "valgrind $(valgrind --version)"
    echo "avx2 $(grep -qw avx2 /proc/cpuinfo && echo yes || echo no)"
}

versions >"$scratch/versions"
: >"$scratch/counted"
echo "$rows" | while read -r name kind row variable; do
    count "$row" $large "$variable" >"$scratch/large" &
    a=$(count "$row" $small "$variable")
    wait
    b=$(cat "$scratch/large")
    if [ -z "$a" ] || [ -z "$b" ]; then
        echo "gate: $name: the program or valgrind failed" >&2
        break
    fi
    echo "$name $kind $(((b - a) / (large - small)))" >>"$scratch/counted"
done
[ "$(wc -l <"$scratch/counted")" = "$(echo "$rows" | wc -l)" ] || exit 1

if [ "${1:-}" = --again ]; then
    {
        echo "# Instructions an operation: callgrind, runs of $large and $small operations, watchdog off."
        echo "# Written by tests/bench/gate.sh --again on $(date -u +%Y-%m-%d)."
        sed 's/^/version /' "$scratch/versions"
        sed 's/^/row /' "$scratch/counted"
    } >"$baseline"
    cat "$baseline"
    exit 0
fi

sed -n 's/^version //p' "$baseline" >"$scratch/was"
others=0
if ! cmp -s "$scratch/was" "$scratch/versions"; then
    others=1
    echo "gate: other versions than the baseline's, so nothing fails (< baseline, > here):"
    diff "$scratch/was" "$scratch/versions"
fi
bad=0
printf '%-10s %10s %10s %8s %6s\n' row baseline now change limit
while read -r name kind now; do
    was=$(awk -v name="$name" '$1 == "row" && $2 == name {print $4}' "$baseline")
    limit=3
    [ "$kind" = lua ] && limit=6
    [ -n "$was" ] || { echo "gate: $name is not in $baseline: run tests/bench/gate.sh --again"; bad=1; continue; }
    change=$(awk -v a="$was" -v b="$now" 'BEGIN {printf "%+.2f", (b - a) * 100 / a}')
    word=$(awk -v c="$change" -v l=$limit 'BEGIN {if (c + 0 > l + 0) print "TOO MANY"}')
    printf '%-10s %10s %10s %7s%% %5s%% %s\n' "$name" "$was" "$now" "$change" "+$limit" "$word"
    [ -n "$word" ] && bad=1
done <"$scratch/counted"
[ $bad = 1 ] && [ $others = 0 ] && {
    echo "gate: an operation takes more instructions than its limit; if that is meant, record it: sh tests/bench/gate.sh --again"
    exit 1
}
exit 0
