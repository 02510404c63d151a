#!/bin/sh
# debugger.sh SOURCE_DIR BUILD_DIR CC: a run that loads plugins goes on under gdb, which names what it stands in (P3).
set -u
. "$1/tests/outside/house.sh"
cd "$w" || exit 1
command -v gdb >/dev/null || { echo "skip: no gdb here"; exit 0; }
grep -q '^OUTCRY_[AT]SAN:BOOL=ON' "$build/CMakeCache.txt" && { echo "skip: a sanitizer's run cannot be traced"; exit 0; }
make_plugin "$here/rule_cooldown.c" rule_debug -g
timeout -s KILL 120 gdb -nx -batch -ex 'set debuginfod enabled off' -ex 'set breakpoint pending on' -ex 'break take_fill' -ex run -ex bt \
    -ex delete -ex continue --args "$outcry" backtest trips.lua synthetic-bars:200 --cash '10000 USDT' \
    --plugin pause=so/rule_debug.so >out 2>&1 </dev/null
code=$?
grep -q 'ptrace: Operation not permitted\|Could not trace' out && { echo "skip: nothing may be traced here"; exit 0; }
[ $code = 0 ] || fail "gdb: code $code: $(tail -n 5 out)"
grep -q '#0 .*take_fill .*rule_debug.c' out || fail "gdb does not name the plugin's function: $(tail -n 20 out)"
grep -q 'Outcry 0.1.0  backtest report' out || fail "the run does not come to its end: $(tail -n 5 out)"
echo "outside_debugger: passed"
