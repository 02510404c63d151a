#!/bin/sh
# hashes.sh: the same run gives the same order hash: twice, by gcc and clang, -O0 and -O3, with address randomisation on and
# off, without AVX2 and FMA in libc, and as a replay of its own recorded session. Needs the builds release and clang; two of
# its own are made here.
set -u
cd "$(dirname "$0")/../.." || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0
build() { # NAME FLAGS
    mkdir -p build/logs
    cmake -G Ninja -B "build/parity-$1" -DCMAKE_BUILD_TYPE=None -DCMAKE_C_FLAGS="$2" -DCMAKE_C_COMPILER=gcc \
        -DBUILD_TESTING=OFF >/dev/null && cmake --build "build/parity-$1" -j "$(nproc)" >"build/logs/parity-$1.log" 2>&1 ||
        { echo "build/parity-$1 was not built; see build/logs/parity-$1.log"; exit 1; }
}
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
run build/clang/outcry >"$work/found"; same "clang -O3"
build gcc-O0 "-O0"
run build/parity-gcc-O0/outcry >"$work/found"; same "gcc -O0"
build gcc-O3 "-O3 -march=native"
run build/parity-gcc-O3/outcry >"$work/found"; same "gcc -O3 -march=native"
run setarch "$(uname -m)" -R $first >"$work/found"; same "without address randomisation"
GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX2,-FMA run $first >"$work/found"; same "libc without AVX2 and FMA"
$first paper strategies/rsi_reversion.lua --feed synthetic-bars:20000 --cash '10000 USDT' --session "$work/session" --quiet &&
    $first replay "$work/session" --diff | tail -n 1 | grep -q "agrees" || { echo "replay: does not agree"; bad=1; }
echo "replay of a paper session: agrees"
exit $bad
