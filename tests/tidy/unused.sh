#!/bin/sh
# unused.sh BUILD: no function of the host that nobody calls. A global function of host/ is called from another file of
# host/ or a plugin; or it is called in its own file and a program of tests/ looks at it there (else it ought to be static). What only
# tests call belongs in tests/support. Reads the objects of a build; tests/tidy/unused.txt holds the exceptions, each with
# its reason.
set -u
cd "$(dirname "$0")/../.." || exit 1
build=${1:-build/release}
allowed=tests/tidy/unused.txt
bad=0
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT

# Objects of sources that are there: a build folder keeps those of files that have gone.
find "$build"/CMakeFiles/outcry*.dir -name '*.c.o' | while read -r object; do
    source=host/${object##*/host/}
    [ -f "${source%.o}" ] && echo "$object"
done >"$scratch/objects"
[ -s "$scratch/objects" ] || { echo "unused: no objects under $build"; exit 1; }

# Symbol and source of each global function; data (tables) may be there for tests.
while read -r object; do
    source=host/${object##*/host/}
    nm -g --defined-only "$object" | awk -v file="${source%.o}" 'NF == 3 && $2 == "T" {print $3, file}'
done <"$scratch/objects" | sort >"$scratch/defined"
find "$build/plugins" "$build/sdk" -name '*.c.o' >>"$scratch/objects"
xargs nm -g --undefined-only <"$scratch/objects" | awk 'NF == 2 {print $2}' | sort -u >"$scratch/called"
sort -u "$scratch/defined" | join -v 1 - "$scratch/called" | grep -v '^main ' >"$scratch/alone"
sed -e 's/#.*//' "$allowed" | awk 'NF {print $1}' | sort -u >"$scratch/allowed"

while read -r name file; do
    grep -qx "$name" "$scratch/allowed" && continue
    here=$(grep -cE "(^|[^A-Za-z0-9_\"])$name([^A-Za-z0-9_]|\$)" "$file")
    if [ "$here" -le 1 ]; then
        echo "$file: $name: nothing in host/ or plugins/ calls it"
    elif ! grep -rqwF "$name" tests --include='*.c' --include='*.h'; then
        echo "$file: $name: called in this file only, so it ought to be static"
    fi
done <"$scratch/alone" >"$scratch/unused"
[ -s "$scratch/unused" ] && { cat "$scratch/unused"; bad=1; }

# Each exception is still one.
awk '{print $1}' "$scratch/alone" | sort -u | comm -13 - "$scratch/allowed" | sed "s|^|$allowed: no exception any more: |" >"$scratch/stale"
[ -s "$scratch/stale" ] && { cat "$scratch/stale"; bad=1; }

# A header that no file includes.
for header in host/*/*.h; do
    git grep -qF "\"${header#host/}\"" -- '*.c' '*.h' || { echo "$header: nothing includes it"; bad=1; }
done

[ $bad = 0 ] && echo "unused: $(wc -l <"$scratch/defined") functions, each has a caller"
exit $bad
