#!/bin/sh
# story.sh SOURCE_DIR BUILD_DIR CC PAGE: docs/PAGE.md from its first line to its last, with nothing but the installation. A line
# `NAME`: before a block is the file's name; blocks of sh are run, one after the other, in one shell.
set -u
. "$1/tests/outside/house.sh"
cd "$w/elsewhere" || exit 1
PREFIX=$w/prefix
PATH=$w/prefix/bin:$PATH
CC=$cc
export PREFIX PATH CC
awk -v sh="$w/story" '
    /^`[a-z_.0-9]+`:$/ { name = $0; gsub(/[`:]/, "", name); next }
    /^```/ && !inside { inside = 1; kind = substr($0, 4)
        if (kind == "sh") print "echo \"== step " ++steps "\"" > sh
        else if (name != "") print "cat >" name " <<\047END OF FILE\047" > sh
        next }
    /^```$/ { if (kind != "sh" && name != "") print "END OF FILE" > sh; inside = 0; name = ""; next }
    inside && (kind == "sh" || name != "") { print > sh }' "$w/prefix/share/doc/outcry/docs/$4.md"
[ "$(grep -c '^echo "== step' "$w/story")" -ge "${STEPS:-5}" ] || fail "the story has no steps: $(head -n 3 "$w/story")"
timeout 200 sh -eu "$w/story" >"$w/out" 2>&1 || fail "$(tail -n 25 "$w/out")"
echo "$4: passed"
