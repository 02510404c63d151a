#!/bin/sh
# outside.sh SOURCE_DIR BUILD_DIR CC PROBE: installs the SDK into an empty folder and builds both examples against that copy,
# by find_package and by pkg-config, as someone does who has only the installed files. PROBE FILE... loads them.
set -eu
source=$1
build=$2
cc=$3
probe=$4
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
say() { echo "== $*"; }

say install
cmake --install "$build" --prefix "$work/prefix" --component sdk >"$work/log"
cp -R "$source/sdk/examples" "$work/examples"
pc=$(find "$work/prefix" -name outcry.pc)
for example in risk_maxqty:maxqty connector_loopback:loopback; do
    folder=${example%:*}
    name=${example#*:}
    say "find_package: $name"
    cmake -S "$work/examples/$folder" -B "$work/$name" -DCMAKE_C_COMPILER="$cc" -DCMAKE_BUILD_TYPE=Release \
        -DCMAKE_PREFIX_PATH="$work/prefix" >>"$work/log"
    cmake --build "$work/$name" >>"$work/log"
    say "pkg-config: $name"
    PKG_CONFIG_PATH=$(dirname "$pc")
    export PKG_CONFIG_PATH
    # shellcheck disable=SC2046  # the flags are meant to be split
    "$cc" -std=c11 -O2 -shared -Wall -Wextra -Wpedantic -Werror $(pkg-config --cflags outcry) \
        "$work/examples/$folder/$name.c" -o "$work/$name.so" $(pkg-config --libs outcry)
    "$probe" plugin check "$work/$name/$name.so"
    "$probe" plugin check "$work/$name.so"
done
lines=$(wc -l <"$source/sdk/examples/risk_maxqty/maxqty.c")
[ "$lines" -lt 60 ] || { echo "FAIL the smallest rule has $lines lines, wanted < 60" >&2; exit 1; }
lines=$(wc -l <"$source/sdk/examples/connector_loopback/loopback.c")
[ "$lines" -lt 100 ] || { echo "FAIL the smallest connector has $lines lines, wanted < 100" >&2; exit 1; }
echo "4 passed, 0 failed"
