#!/bin/sh
# hashes.sh: the same run gives the same order hash: twice, by gcc -O3, gcc -O1 under the address sanitizer and clang -O3 with all this
# processor can do, with address randomisation on and off, without AVX2 and FMA in libc, and as a replay of its own recorded session.
# Needs the builds release, asan and clang.
set -u
cd "$(dirname "$0")/../.." || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0
run() { # PROGRAM
    for strategy in sma_cross rsi_reversion buy_and_hold; do
        "$@" backtest "strategies/$strategy.lua" synthetic-bars:20000 --cash '10000 USDT' --fee taker=0.1% --json |
            jq -r '[.hashes.orders, .hashes.input, .money.final] | @tsv'
    done
}
first=build/release/outcry
run $first >"$work/want"
cat "$work/want"
same() { # NAME
    cmp -s "$work/want" "$work/found" || { echo "$1: other hashes"; cat "$work/found"; bad=1; return; }
    echo "$1: the same"
}
run $first >"$work/found"; same "twice"
for built in "clang:clang -O3 -march=native" "asan:gcc -O1, address sanitizer"; do
    tree=build/${built%%:*}
    [ -x "$tree/outcry" ] || { echo "$tree/outcry is not there: sh tests/run.sh release asan clang"; exit 1; }
    run "$tree/outcry" >"$work/found"; same "${built#*:}"
done
run setarch "$(uname -m)" -R $first >"$work/found"; same "without address randomisation"
GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX2,-FMA run $first >"$work/found"; same "libc without AVX2 and FMA"
$first paper strategies/rsi_reversion.lua --feed synthetic-bars:20000 --cash '10000 USDT' --session "$work/session" --quiet &&
    $first replay "$work/session" --diff | tail -n 1 | grep -q "agrees" || { echo "replay: does not agree"; bad=1; }
echo "replay of a paper session: agrees"
exit $bad
