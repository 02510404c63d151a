#!/bin/sh
# docs_names.sh: each file and each function() that the pages of the house name stands in the source, a function in the file it
# is named with. Paths are below host/ or the root.
set -u
cd "$(dirname "$0")/../.." || exit 1
pages=${*:-docs/architecture.md docs/life-of-a-bar.md docs/life-of-an-order.md}
bad=0
count=0
say() { echo "docs_names: $*"; bad=1; }
is_defined() { # FUNCTION() FILES: the head of its definition or declaration
    head="^[a-z][A-Za-z0-9_ *]*[ *]${1%??}\("
    shift
    grep -qE "$head" "$@"
}
for name in $(grep -ohE '[a-z0-9_]+(/[a-z0-9_]+)*\.(c|h|sh)(:[a-z0-9_]+\(\))?' $pages | sort -u); do
    count=$((count + 1))
    path=${name%%:*}
    file=host/$path
    [ -f "$file" ] || file=$path
    [ -f "$file" ] || { say "there is no $path"; continue; }
    case $name in *:*) function=${name#*:} ;; *) continue ;; esac
    is_defined "$function" "$file" || say "$file has no $function"
done
for name in $(grep -ohE '[a-z0-9_]+\(\)' $pages | sort -u); do
    count=$((count + 1))
    is_defined "$name" host/*/*.c host/*/*.h plugins/*/*/*.c || say "there is no function $name"
done
[ $count -gt 60 ] || [ $# -gt 0 ] || say "only $count names were found"
[ $bad = 0 ] && echo "docs_names: $count names stand in the source"
exit $bad
