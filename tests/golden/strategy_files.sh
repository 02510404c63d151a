#!/bin/sh
# strategy_files.sh OUTCRY: what a strategy's files may be. require (A10) reads regular files of the strategy's own folder,
# never waits and follows no link out of it; a byte order mark and a first line `#!` (A16) are no part of the text.
set -u
outcry=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
bad=0
say() { echo "strategy files: $*"; bad=1; }

# run CODE WORDS FILE
run() {
    timeout -s KILL 10 "$outcry" backtest "$3" synthetic-bars:50 --cash '10000 USDT' >out 2>&1 </dev/null
    found=$?
    [ $found = "$1" ] || { say "$3: exit $found, expected $1"; head -5 out; }
    grep -qF -- "$2" out || { say "$3: '$2' is not in:"; head -12 out; }
}

mkdir in out_of_it in/folder.lua
echo 'return { answer = "secret" }' >out_of_it/secret.lua
echo 'return { answer = "inside" }' >in/inside.lua
mkfifo in/pipe.lua
ln -s ../out_of_it/secret.lua in/link.lua
ln -s "$work/out_of_it/secret.lua" in/absolute.lua
ln -s link.lua in/chain.lua
ln -s inside.lua in/alias.lua
ln -s nowhere.lua in/dangling.lua
ln -s /dev/zero in/device.lua
for name in pipe link absolute chain device folder; do
    echo "local t = require '$name' print(t.answer) function on_bar() end" >"in/a_$name.lua"
    run 1 "module '$name' is no regular file of the strategy's own folder" "in/a_$name.lua"
    printf 'local n = "%s"\nlocal t = require(n) print(t.answer) function on_bar() end\n' "$name" >"in/b_$name.lua"
    run 1 "b_$name.lua:2: module '$name' is no regular file" "in/b_$name.lua"
    grep -q secret out && say "a file outside was read by require '$name'"
done
echo "require 'dangling' function on_bar() end" >in/c.lua
run 1 "module 'dangling' not found" in/c.lua
for name in inside alias; do
    echo "print(require('$name').answer) function on_bar() end" >"in/d_$name.lua"
    run 0 "inside" "in/d_$name.lua"
done
cd in && run 0 inside d_alias.lua && cd ..
ln -s "$work/in" linked && run 0 inside linked/d_inside.lua

# Line numbers stay right, in the module too.
printf '\357\273\277#!/usr/bin/env outcry\nfunction on_bar(m) print("works") end\n' >mark.lua
run 0 works mark.lua
printf '\357\273\277function on_bar(m)\n  error("here")\nend\n' >mark2.lua
run 1 'mark2.lua:2: here' mark2.lua
printf '#!/usr/bin/env outcry\n\nfunction on_bar(m)\n  error("there")\nend\n' >shebang.lua
run 1 'shebang.lua:4: there' shebang.lua
printf '# only this' >empty.lua
run 0 '' empty.lua
printf '\357\273\277#!x\n\nlocal t = {\n' >open.lua
run 1 'open.lua:4' open.lua
printf '\357\273\277# module\nerror("in the module")\n' >broken.lua
echo 'require "broken"' >outer.lua
run 1 'broken.lua:2: in the module' outer.lua
printf 'x = 1\n# not first\n' >late.lua
run 1 'late.lua:2' late.lua
[ $bad = 0 ] && echo "strategy files: as they should be"
exit $bad
