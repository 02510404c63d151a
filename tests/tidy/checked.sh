#!/bin/sh
# checked.sh: every function that a header of host/ declares or defines and that returns oc_rc is CHECKED: the preset `clang`
# then finds whoever drops its code.
set -u
cd "$(dirname "$0")/../.." || exit 1
bare='^[[:space:]]*((static|inline|extern)[[:space:]]+)*oc_rc[[:space:]]+[A-Za-z_0-9]+[[:space:]]*\('
grep -nE "$bare" host/*/*.h && { echo "checked: a function that returns oc_rc is declared without CHECKED"; exit 1; }
count=$(grep -hE '^CHECKED ' host/*/*.h | wc -l)
[ "$count" -gt 100 ] || { echo "checked: only $count declarations were found"; exit 1; }
echo "checked: $count functions return a code that is looked at"
