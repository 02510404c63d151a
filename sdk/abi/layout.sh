#!/bin/sh
# layout.sh INCLUDE_DIR [CC]: prints the layout text of the public headers in INCLUDE_DIR/outcry, sorted.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
include=$1
cc=${2:-cc}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
LC_ALL=C
export LC_ALL
cat "$include"/outcry/*.h "$include"/outcry/draft/*.h >"$work/all.h"
awk -f "$here/layout.awk" "$work/all.h" >"$work/layout.c"
"$cc" -std=gnu11 -w -I"$include" "$work/layout.c" -o "$work/layout"
"$work/layout" | sort -u
