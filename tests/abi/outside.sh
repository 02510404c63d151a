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
# C++, by both ways; the containers work: a symbol of the list is found, another one is not.
if command -v c++ >/dev/null; then
    say "C++: symbols"
    cmake -S "$work/examples/risk_symbols" -B "$work/symbols" -DCMAKE_PREFIX_PATH="$work/prefix" >>"$work/log"
    cmake --build "$work/symbols" >>"$work/log"
    # shellcheck disable=SC2046
    c++ -std=c++17 -O2 -shared -Wall -Wextra -Wpedantic -Werror -fno-exceptions -fno-rtti $(pkg-config --cflags outcry) \
        "$work/examples/risk_symbols/symbols.cpp" -o "$work/symbols.so" -static-libstdc++ -static-libgcc \
        $(pkg-config --libs outcry)
    for file in "$work/symbols/symbols.so" "$work/symbols.so"; do
        "$probe" plugin check "$file"
        for symbol in BTC/USDT ETH/USDT; do
            "$build/outcry" backtest "$source/strategies/sma_cross.lua" synthetic-bars:2000 --cash '10000 USDT' --json \
                --plugin only="$file" --set only.symbols="DOGE/USDT, $symbol, XRP/USDT" >"$work/json" 2>"$work/log" ||
                { cat "$work/log"; exit 1; }
            fills=$(jq .trades.fills "$work/json")
            case $symbol in
            BTC/USDT) [ "$fills" -gt 10 ] ;;
            *) [ "$fills" = 0 ] ;;
            esac || { echo "FAIL $symbol is listed: $fills fills" >&2; exit 1; }
        done
    done
fi

# A library that is linked in: zlib, and nothing of it is exported or needed.
if [ -f "$("$cc" -print-file-name=libz.a)" ]; then
    say "static zlib"
    gz=$work/examples/data_gztrades/gztrades.c
    cmake -S "$work/examples/data_gztrades" -B "$work/gz" -DCMAKE_C_COMPILER="$cc" -DCMAKE_PREFIX_PATH="$work/prefix" \
        -DCMAKE_C_FLAGS="-Wall -Wextra -Wpedantic -Werror" >>"$work/log"
    cmake --build "$work/gz" >>"$work/log"
    # shellcheck disable=SC2046
    "$cc" -std=c11 -O2 -shared -Wall -Wextra -Wpedantic -Werror $(pkg-config --cflags outcry) \
        "$gz" -o "$work/zlib.so" -l:libz.a -Wl,--exclude-libs,ALL $(pkg-config --libs outcry)
    awk 'BEGIN {
        print "BTC/USDT 0.01 0.001"
        for (i = 0; i < 3000; i++) printf "%.0f %.2f 0.%03d %s\n", 1704067200000 + i * 1000, 42000 + i % 97 * 0.25, i % 9 + 1, i % 3 ? "buy" : "sell"
    }' >"$work/day.txt"
    gzip -c "$work/day.txt" >"$work/day.gz"
    printf 'strategy { timeframe = "1m" }\nfunction on_bar(m) if m.position.qty == 0 then m:buy(0.01) end end\n' >"$work/ticks.lua"
    for file in "$work/gz/gztrades.so" "$work/zlib.so"; do
        "$probe" plugin check "$file"
        "$build/outcry" backtest "$work/ticks.lua" "$work/day.gz" --cash '10000 USDT' --json --plugin gz="$file" \
            >"$work/json" 2>"$work/log" || { cat "$work/log"; exit 1; }
        [ "$(jq -c "[.trades.fills, .speed.market_events]" "$work/json")" = '[3,3000]' ] || { echo "FAIL $(jq -c "[.trades, .speed]" "$work/json")" >&2; exit 1; }
    done
    # What is cut off, damaged, not gzip or wrong in a line is refused with the line.
    size=$(wc -c <"$work/day.gz")
    head -c $((size - 9)) "$work/day.gz" >"$work/cut.gz"
    cp "$work/day.txt" "$work/plain.gz"
    sed '2000s/buy/hold/; 2000s/sell/hold/' "$work/day.txt" | gzip -c >"$work/word.gz"
    for pair in 'cut.gz:line .*expected a whole gzip file' 'plain.gz:not gzip' 'word.gz:line 2000: found hold; expected buy or sell'; do
        "$build/outcry" backtest "$work/ticks.lua" "$work/${pair%%:*}" --cash '10000 USDT' --plugin \
            gz="$work/zlib.so" >"$work/out" 2>&1 && { echo "FAIL ${pair%%:*} is read" >&2; exit 1; }
        grep -q "${pair#*:}" "$work/out" || { echo "FAIL ${pair%%:*}: $(cat "$work/out")" >&2; exit 1; }
    done
    # shellcheck disable=SC2046
    "$cc" -std=c11 -O2 -shared $(pkg-config --cflags outcry) "$gz" -o "$work/zlib.so" -lz \
        $(pkg-config --libs outcry)
    "$probe" plugin check "$work/zlib.so" 2>"$work/log" && { echo "FAIL a shared zlib is taken" >&2; exit 1; }
    grep -q 'needed library: found libz.so.1; expected the C library alone (link it statically, as with -l:libz.a' "$work/log"
fi

lines=$(wc -l <"$source/sdk/examples/risk_maxqty/maxqty.c")
[ "$lines" -lt 60 ] || { echo "FAIL the smallest rule has $lines lines, wanted < 60" >&2; exit 1; }
lines=$(wc -l <"$source/sdk/examples/connector_loopback/loopback.c")
[ "$lines" -lt 100 ] || { echo "FAIL the smallest connector has $lines lines, wanted < 100" >&2; exit 1; }
echo "6 passed, 0 failed"
