#!/bin/sh
# circles.sh: the includes of host/ as a graph, where X.c and X.h are one file: no circle between files of different rooms,
# and none of more than three files inside a room.
set -u
cd "$(dirname "$0")/../.." || exit 1
edges=$(mktemp) || exit 1
trap 'rm -f "$edges"' EXIT
# FROM TO, as room/name; what is generated or of another tree is no node.
for file in host/*/*.[ch]; do
    node=${file#host/}
    node=${node%.[ch]}
    sed -nE 's/^#include "([a-z_]+\/[a-z_0-9]+)\.h".*/\1/p' "$file" | sed "s|^|$node |"
done | awk '$1 != $2' | sort -u | while read -r from to; do
    [ -f "host/$to.h" ] && echo "$from $to"
done >"$edges"
# A circle is a set of files each of which reaches all others: reach by closure, grouped by mutual reach.
awk '
    { next_of[$1] = next_of[$1] " " $2; node[$1]; node[$2]; count++ }
    function walk(from, at,   list, n, i) {
        n = split(next_of[at], list, " ")
        for (i = 1; i <= n; i++)
            if (!((from, list[i]) in reach)) {
                reach[from, list[i]]
                walk(from, list[i])
            }
    }
    function room(name) { return substr(name, 1, index(name, "/") - 1) }
    END {
        if (count < 100) { print "circles: only " count " includes found"; exit 1 }
        for (a in node) walk(a, a)
        for (a in node) {
            if (!((a, a) in reach) || a in seen) continue
            words = a; size = 1; rooms = room(a); is_wide = 0
            seen[a]
            for (b in node)
                if (b != a && (a, b) in reach && (b, a) in reach) {
                    seen[b]; words = words " " b; size++
                    if (room(b) != rooms) is_wide = 1
                }
            if (is_wide) { print "circles: between rooms: " words; bad = 1 }
            else if (size > 3) { print "circles: of " size " files: " words; bad = 1 }
        }
        if (!bad) print "circles: " count " includes, none that leads back too far"
        exit bad
    }' "$edges"
