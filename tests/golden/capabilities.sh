#!/bin/sh
# capabilities.sh OUTCRY PLUGINS [write]: the README of each connector, and its page under docs/venues, carries the description that `plugin info`
# prints of it, between the line ```capabilities and the end of that block. `write` writes it anew.
set -u
outcry=$1
plugins=$2
cd "$(dirname "$0")/../.." || exit 1
w=$(mktemp -d)
trap 'rm -rf "$w"' EXIT
bad=0
count=0
for folder in plugins/connector/*/; do
    name=$(basename "$folder")
    "$outcry" plugin info "$plugins/$name.so" | sed -n '/^  venue /,$p' | sed 's/^  //' >"$w/table"
    [ -s "$w/table" ] || { echo "capabilities: $name: plugin info says nothing of a venue"; bad=1; continue; }
    for page in "$folder/README.md" "docs/venues/$name.md"; do
        count=$((count + 1))
        awk -v table="$w/table" '
            inside && /^```$/ { inside = 0 }
            !inside { print }
            /^```capabilities$/ { inside = 1; found = 1; while ((getline line < table) > 0) print line }
            END { exit !found }' "$page" >"$w/page" || { echo "capabilities: $page has no block of capabilities"; bad=1; continue; }
        if [ "${3:-}" = write ]; then
            cp "$w/page" "$page"
        elif ! cmp -s "$w/page" "$page"; then
            echo "capabilities: $page is old: sh tests/golden/capabilities.sh OUTCRY PLUGINS write"
            diff "$page" "$w/page" | head -n 10
            bad=1
        fi
    done
done
[ $count -gt 0 ] || { echo "capabilities: no connectors"; bad=1; }
[ $bad = 0 ] && echo "capabilities: $count pages are as the connectors describe themselves"
exit $bad
