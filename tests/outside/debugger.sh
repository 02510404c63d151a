#!/bin/sh
# debugger.sh SOURCE_DIR BUILD_DIR CC: a run that loads plugins goes on under gdb, which names what it stands in, and under
# valgrind, which names where a plugin reads what it never set (P3).
set -u
. "$1/tests/outside/house.sh"
cd "$w" || exit 1
grep -q '^OUTCRY_[AT]SAN:BOOL=ON' "$build/CMakeCache.txt" && { echo "skip: a sanitizer's run cannot be traced"; exit 0; }
under_gdb() {
    make_plugin "$here/rule_cooldown.c" rule_debug -g
    timeout -s KILL 120 gdb -nx -batch -ex 'set debuginfod enabled off' -ex 'set breakpoint pending on' -ex 'break take_fill' \
        -ex run -ex bt -ex delete -ex continue --args "$outcry" backtest trips.lua synthetic-bars:200 --cash '10000 USDT' \
        --plugin pause=so/rule_debug.so >out 2>&1 </dev/null
    code=$?
    grep -q 'ptrace: Operation not permitted\|Could not trace' out && { echo "skip: nothing may be traced here"; return 0; }
    [ $code = 0 ] || fail "gdb: code $code: $(tail -n 5 out)"
    grep -q '#0 .*take_fill .*rule_debug.c' out || fail "gdb does not name the plugin's function: $(tail -n 20 out)"
    grep -q 'Outcry 0.1.0  backtest report' out || fail "the run does not come to its end: $(tail -n 5 out)"
}

# The rule decides by memory that nobody wrote.
under_valgrind() {
    sed 's/    if (ctx->now_ns >= account->until_ns)/    int64_t *unset = malloc(sizeof *unset);\
    int is_held = unset \&\& *unset == 7;\
    free(unset);\
    if (is_held || ctx->now_ns >= account->until_ns)/' "$here/rule_cooldown.c" >unset.c
    make_plugin unset.c rule_unset -g -O0
    timeout -s KILL 240 valgrind --error-exitcode=9 "$outcry" backtest trips.lua synthetic-bars:200 --cash '10000 USDT' \
        --plugin pause=so/rule_unset.so >out 2>&1 </dev/null
    code=$?
    [ $code = 9 ] || fail "valgrind: code $code: $(tail -n 5 out)"
    grep -A 1 'uninitialised' out | grep -q 'check (rule_unset.c:' || fail "valgrind does not name the plugin: $(grep -A 3 uninit out)"
    grep -q 'Outcry 0.1.0  backtest report' out || fail "the run does not come to its end: $(tail -n 5 out)"
}

if command -v gdb >/dev/null; then under_gdb; else echo "skip: no gdb here"; fi
if command -v valgrind >/dev/null; then under_valgrind; else echo "skip: no valgrind here"; fi
echo "outside_debugger: passed"
