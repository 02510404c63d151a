#!/bin/sh
# tree.sh BUILD: the shape of the tree: include arrows, one place that knows the OS, purity of object code, file length,
# words that promise work, names that must not stand in a commit.
set -u
cd "$(dirname "$0")/../.." || exit 1
build=${1:-build/release}
bad=0
say() { echo "tree: $*"; bad=1; }

# 1. The include arrows: room -> rooms it may include.
below="base config load journal engine"
allowed() {
    case $1 in
    base) echo "base" ;;
    config | load | journal | engine) echo "base $1" ;;
    script | feed) echo "$below $1" ;;
    io) echo "base config load journal io" ;;
    session) echo "$below script feed io session" ;;
    report | steer | tell) echo "$below script feed io session $1" ;;
    recover | replay | serve | console) echo "$below script feed io session report steer tell $1" ;;
    history) echo "$below script feed io session report steer tell recover history" ;;
    cli) echo "$below script feed io session report steer tell recover replay serve console history cli" ;;
    esac
}
rooms="base config load journal engine script feed io session report steer tell recover replay serve console history cli"
for room in $rooms; do
    for file in host/"$room"/*.[ch]; do
        [ -f "$file" ] || continue
        sed -nE 's/^#include "([^"]+)".*/\1/p' "$file" | while read -r name; do
            ok=0
            for entry in $(allowed "$room"); do
                case $entry in */*) [ "$name" = "$entry" ] && ok=1 ;; *) case $name in "$entry"/*) ok=1 ;; esac ;; esac
            done
            case $name in outcry/kit/*) ok=1 ;; esac
            [ "$ok" = 1 ] || echo "$file includes $name"
        done
    done
done >build/tree.arrows
[ -s build/tree.arrows ] && { cat build/tree.arrows; say "an include goes against the arrows of docs/architecture.md"; }

# 2. One place knows the operating system.
grep -nE '\b(clock_gettime|gettimeofday|time|mmap|munmap|fsync|fdatasync|socket|pthread_create|getrandom|rand|srand|fopen|nanosleep|usleep)\(' \
    host/config/*.c host/engine/*.c host/script/*.c host/journal/*.c host/feed/*.c host/io/*.c host/session/*.c host/report/*.c host/steer/*.c host/tell/*.c host/recover/*.c host/history/*.c host/replay/*.c host/serve/*.c host/console/*.c plugins/*/*/*.c 2>/dev/null |
    grep -vE '^\S+:[0-9]+:\s*(\*|/\*|//)' >build/tree.os
[ -s build/tree.os ] && { cat build/tree.os; say "an operating system call outside host/base/env"; }

# 3. Purity of object code: undefined symbols of the engine library, of risk and of sim plugins.
list=tests/tidy/pure_symbols.txt
# Measured on the release build: sanitizers and coverage bring calls of their own.
if [ -f "$build/liboutcry_engine.a" ] && grep -q "CMAKE_BUILD_TYPE:STRING=Release" "$build/CMakeCache.txt"; then
    nm -u "$build/liboutcry_engine.a" | awk 'NF==2 {print $2}' | sort -u >build/tree.undefined
    nm --defined-only "$build/liboutcry_engine.a" "$build/liboutcry_base.a" 2>/dev/null | awk 'NF==3 {print $3}' | sort -u >build/tree.defined
    comm -23 build/tree.undefined build/tree.defined | grep -vxFf "$list" >build/tree.impure
    [ -s build/tree.impure ] && { cat build/tree.impure; say "the engine library calls what is not on $list"; }
    for object in "$build"/plugins/risk/*.so "$build"/plugins/sims/*.so; do
        nm -D --undefined-only "$object" | awk '{print $2}' | sed 's/@.*//' | grep -vxFf "$list" >build/tree.impure
        [ -s build/tree.impure ] && { cat build/tree.impure; say "$object calls what is not on $list"; }
    done
fi

# 4. Files under 600 lines.
git ls-files '*.c' '*.h' '*.lua' '*.sh' '*.cmake' | xargs wc -l | awk '$2 != "total" && $1 > 600 {print}' >build/tree.long
[ -s build/tree.long ] && { cat build/tree.long; say "a file is over 600 lines"; }

# 5. Words that promise work do not stand in product code.
git grep -nwE 'TODO|FIXME|XXX|HACK' -- host plugins sdk strategies etc >build/tree.words
[ -s build/tree.words ] && { cat build/tree.words; say "words that promise work"; }

[ "$bad" = 0 ] && echo "tree: arrows, OS calls, purity, length and words are as they should be"
exit $bad
