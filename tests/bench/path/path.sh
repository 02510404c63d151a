#!/bin/sh
# path.sh [ORDERS]: from the bytes of a trade's frame to the bytes of a signed order, with a Lua strategy and seven rules with limits between, in one run (path.c), and beside it
# in the same run the npm package ccxt, where it is there. Nothing is asserted but that every order leaves. PATH_BENCH: another program than that of build/release;
# NODE_MODULES: the folder of ccxt (the one that the test binanceus_third_party has fetched).
set -u
cd "$(dirname "$0")/../../.." || exit 1
bench=$(realpath "${PATH_BENCH:-build/release/tests/bench/path/path_bench}")
build=${bench%/tests/bench/path/*}
modules=${NODE_MODULES:-$build/tests/venue/rehearsal/third_party_binanceus/node_modules}
[ -x "$bench" ] || { echo "path: $bench is not there: cmake --preset release -DBUILD_TESTING=ON && cmake --build build/release"; exit 1; }
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
ccxt=$(realpath tests/bench/path/ccxt.mjs)
cd "$scratch" || exit 1
"$bench" "$build/plugins" "${1:-4000}" || exit 1
command -v node >/dev/null && [ -d "$modules/ccxt" ] || { echo "ccxt   is not there"; exit 0; }
mkdir beside && cp "$ccxt" beside/ && ln -s "$(realpath "$modules")" beside/node_modules && node beside/ccxt.mjs "${1:-4000}"
