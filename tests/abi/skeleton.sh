#!/bin/sh
# skeleton.sh BUILD_DIR CC PROBE: `plugin new` for each kind makes a folder that builds, optimised and without a warning, against an
# installed SDK and whose own tests pass, and fail when the plugin is spoiled; any name will do, `test` too (P13).
set -eu
build=$1
cc=$2
probe=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cmake --install "$build" --prefix "$work/prefix" --component sdk >"$work/log"
HOME=$work/home # where plugins of one's own are installed
export HOME
for pair in risk:my_risk risk-state:my_state connector:my_connector sim:my_sim data:my_data risk:test; do
    kind=${pair%:*}
    name=${pair#*:}
    "$probe" plugin new "$kind" "$name" "$work"
    if "$probe" plugin new "$kind" "$name" "$work" 2>/dev/null; then
        echo "FAIL a second plugin new wrote over the first" >&2
        exit 1
    fi
    cmake -S "$work/$name" -B "$work/$name/build" -DCMAKE_C_COMPILER="$cc" -DCMAKE_PREFIX_PATH="$work/prefix" \
        -DCMAKE_C_FLAGS="-Wall -Wextra -Wpedantic -Werror" -DOUTCRY="$probe" >>"$work/log"
    cmake --build "$work/$name/build" >>"$work/log"
    grep -rqs -- '-O3' "$work/$name/build/CMakeFiles/plugin_$name.dir/flags.make" "$work/$name/build/build.ninja" ||
        { echo "FAIL $name is not optimised" >&2; exit 1; }
    cmake --install "$work/$name/build" >>"$work/log"
    [ -f "$HOME/.local/share/outcry/plugins/$name.so" ] || { echo "FAIL $name is not installed where runs look" >&2; exit 1; }
    ctest --test-dir "$work/$name/build" --output-on-failure >"$work/ctest" || { cat "$work/ctest" >&2; exit 1; }
    grep -q "tests passed, 0 tests failed out of 2" "$work/ctest" || { cat "$work/ctest" >&2; exit 1; }
    "$probe" plugin info "$work/$name/build/$name.so"
    sed -i 's/"new %llu/"old %llu/; s/return qty <= limit/return qty < limit/; s/price + steps/price - steps/
        s/return OC_E_END;/return OC_E_DATA;/; s/rule->state.has_fill = 1;/rule->state.has_fill = 0;/' \
        "$work/$name/$name.c"
    cmake --build "$work/$name/build" >>"$work/log"
    if ctest --test-dir "$work/$name/build" >>"$work/log"; then
        echo "FAIL the tests of a spoiled $kind still pass" >&2
        exit 1
    fi
done
echo "6 passed, 0 failed"
