#!/bin/sh
# pages.sh BUILD_DIR: the commands of the installed pages, run in an empty folder by somebody who has the installation alone: what they
# name is there. Those that name a plugin of the examples are held to the files that go with it.
set -u
w=$(cd "$(mktemp -d)" && pwd -P)
trap 'rm -rf "$w"' EXIT
mkdir -m 700 "$w/home" "$w/run" "$w/empty"
unset XDG_STATE_HOME XDG_DATA_HOME COLUMNS LINES TERM OUTCRY_PLUGINS
export HOME="$w/home" XDG_RUNTIME_DIR="$w/run" LC_ALL=C.UTF-8
cmake --install "$1" --prefix "$w/prefix" >"$w/log" || exit 1
pages=$w/prefix/share/doc/outcry
bad=0
count=0
say() { echo "pages: $*"; bad=1; }
cd "$w/empty" || exit 1
grep -h '^\$ outcry ' "$pages/README.md" "$pages"/docs/*.md | sed 's/^\$ outcry //' >"$w/commands"
while IFS= read -r arguments; do
    for file in $(echo "$arguments" | grep -oE "$w/prefix[^ ]*"); do
        [ -e "$file" ] || say "outcry $arguments: $file is not there"
    done
    case $arguments in *build/* | *sdk/* | *" strategies/"* | *" etc/"*) say "outcry $arguments: a path of the source" ;; *.so*) continue ;; esac
    case $arguments in bench* | *tests/*) continue ;; esac # the one is long, the other wants a file of the tests
    count=$((count + 1))
    eval "\"$w/prefix/bin/outcry\" $arguments" </dev/null >"$w/out" 2>&1
    code=$?
    case $arguments in "risk check"*) [ $code = 5 ] && code=0 ;; esac
    [ $code = 0 ] || say "outcry $arguments: exit $code: $(head -5 "$w/out")"
done <"$w/commands"
[ $count -gt 15 ] || say "only $count commands were found"
grep -q 'sh etc/quickstart.sh' "$pages/README.md" && say "README tells to build the source"
# A path of the source in somebody's hand: the installed file is named.
"$w/prefix/bin/outcry" backtest strategies/sma_cross.lua synthetic-bars:50 --cash '100 USDT' >"$w/out" 2>&1 && say "a strategy that is not here is run"
grep -qF "did you mean $w/prefix/share/outcry/strategies/sma_cross.lua?" "$w/out" || say "no installed strategy is named: $(cat "$w/out")"
[ $bad = 0 ] && echo "pages: $count commands run with an installation alone"
exit $bad
