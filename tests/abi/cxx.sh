#!/bin/sh
# cxx.sh SOURCE_DIR PROBE: the public headers and a table of keys in C++, old and new, with each C++ compiler that is there;
# what comes out is a plugin whose keys are read.
set -eu
source=$1
probe=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
count=0
for cxx in g++ clang++; do
    if ! command -v "$cxx" >/dev/null; then
        echo "skip: no $cxx here"
        continue
    fi
    # g++ takes members that are left out by name for forgotten ones
    for flags in "-std=c++17" "-std=c++20 -Wno-missing-field-initializers"; do
        # shellcheck disable=SC2086  # the flags are meant to be split
        "$cxx" $flags -O2 -Wall -Wextra -Wpedantic -Werror -fPIC -fvisibility=hidden -shared -nostartfiles -Wl,-z,defs -Wl,--as-needed \
            -I"$source/sdk/include" "$source/tests/abi/rule.cc" -o "$work/rule.so"
        "$probe" plugin check "$work/rule.so"
        "$probe" plugin info "$work/rule.so" >"$work/info"
        for row in "mode  *choice  *calm|fast  *calm  *-  *how it asks" "limits  *groups" "instrument  *text  *-  *(required)" \
            "limit  *decimal  *0\.\.  *-  *base units"; do
            grep -q " $row" "$work/info" || { echo "FAIL $cxx $flags: no row \"$row\"" >&2; cat "$work/info" >&2; exit 1; }
        done
        count=$((count + 1))
    done
done
echo "$count passed, 0 failed"
