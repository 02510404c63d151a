#!/bin/sh
# transcripts.sh OUTCRY PLUGIN FOLDER: each conversation of a connector, behind how they all begin (begin.txt), is what `plugin try` hears; and each
# line that is expected is held: spoiled, the try fails.
set -u
outcry=$1
plugin=$2
w=$(mktemp -d)
trap 'rm -rf "$w"' EXIT
count=0
bad=0
for script in "$3"/*.txt; do
    [ "$(basename "$script")" != begin.txt ] || continue
    count=$((count + 1))
    cat "$3/begin.txt" "$script" >"$w/try.txt"
    "$outcry" plugin try "$plugin" "$w/try.txt" >"$w/out" 2>&1 && grep -q ' 0 differ$' "$w/out" || { echo "FAIL $(basename "$script"): $(tail -n 12 "$w/out")"; bad=1; continue; }
    line=$(grep -n '^=' "$w/try.txt" | tail -n 1 | cut -d: -f1)
    sed "${line}s/\$/ not/" "$w/try.txt" >"$w/spoiled.txt"
    "$outcry" plugin try "$plugin" "$w/spoiled.txt" >"$w/out" 2>&1 && { echo "FAIL $(basename "$script"): its last line is not held"; bad=1; }
done
[ $count -gt 0 ] || { echo "FAIL no conversations in $3"; bad=1; }
[ $bad = 0 ] && echo "transcripts: $count conversations are as they stand"
exit $bad
