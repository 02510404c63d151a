#!/bin/sh
# gate.sh INCLUDE_DIR [CC]: every line of the recorded layout of this ABI version must still be there.
# Exit 0: it is. Exit 1: it is not, and the missing lines are printed.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
include=$1
version=$(awk '/define OC_ABI_MAJOR/ { major = $3 } /define OC_ABI_MINOR/ { minor = $3 } END { print major "." minor }' \
    "$include/outcry/abi.h")
old=$here/$version/layout.txt
if [ ! -f "$old" ]; then
    echo "no layout is recorded for ABI $version: run sh sdk/abi/record.sh and commit $version/" >&2
    exit 1
fi
now=$(mktemp)
trap 'rm -f "$now"' EXIT
sh "$here/layout.sh" "$include" "${2:-cc}" >"$now"
missing=$(LC_ALL=C comm -23 "$old" "$now")
if [ -n "$missing" ]; then
    echo "lines of $version/layout.txt that are no longer true:" >&2
    echo "$missing" >&2
    echo "Members are only appended. A deliberate change before 1.0 raises OC_ABI_MINOR and runs" >&2
    echo "sh sdk/abi/record.sh in the same commit." >&2
    exit 1
fi
echo "$(wc -l <"$old") recorded lines of ABI $version hold"
