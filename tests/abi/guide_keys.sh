#!/bin/sh
# guide_keys.sh SOURCE_DIR CC PROBE: the table of keys and the loop over a list that the plugin guide shows, compiled and read.
set -eu
source=$1
cc=$2
probe=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shown FIRST: the block of code whose first line begins so, up to the next empty line
shown() { awk -v first="    $1" 'index($0, first) == 1 { on = 1 } on && $0 == "" { exit } on' "$source/docs/plugin-guide.md"; }
{
    printf '#include <outcry/outcry.h>\n#include <stdio.h>\n'
    shown 'static const char *const modes'
    echo 'static oc_rc reads(const struct oc_host *host, void **ret_self) {'
    shown 'uint32_t count;'
    echo '*ret_self = NULL; return rc; }'
    echo '#define RULE_OPEN reads'
    echo '#define RULE_KEY_TABLE keys'
    echo '#include "rule.h"'
} >"$work/shown.c"
"$cc" -std=c11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror -fPIC -fvisibility=hidden -shared -nostartfiles -Wl,-z,defs \
    -I"$source/sdk/include" -I"$source/tests/abi/bad" "$work/shown.c" -o "$work/shown.so"
"$probe" plugin check "$work/shown.so"
"$probe" plugin info "$work/shown.so" | grep -A 9 '^  keys'
rows=$("$probe" plugin info "$work/shown.so" | grep -A 9 '^  keys' | grep -c '^    ')
[ "$rows" = 6 ] || { echo "FAIL $rows rows, wanted 4 keys and 2 members" >&2; exit 1; }
# The list of pure functions that the guide shows is the loader's.
sed -n '/"memchr"/,/};/p' "$source/host/load/inspect_kinds.c" | sed -n 's/^ *"\([a-z][a-z0-9_]*\)",$/\1/p' >"$work/pure"
[ "$(wc -l <"$work/pure")" -gt 20 ] || { echo "FAIL the loader's list is not found" >&2; exit 1; }
while read -r name; do
    grep -qE "^    .*\b$name\b" "$source/docs/plugin-guide.md" || { echo "FAIL the guide lacks $name" >&2; exit 1; }
done <"$work/pure"
echo "2 passed, 0 failed"
