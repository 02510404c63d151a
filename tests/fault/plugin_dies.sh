#!/bin/sh
# plugin_dies.sh OUTCRY CC: a rule of somebody else's that crashes, or does not come back (P5): last words that name it, its call
# and the order; SIGTERM is obeyed meanwhile; the session is whole, and goes on without it.
set -u
outcry=$(realpath "$1")
cc=$2
cd "$(dirname "$0")/../.." || exit 1
w=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || kill -9 $pid 2>/dev/null; rm -rf "$w"' EXIT
trap 'exit 1' INT TERM
fail() { echo "a plugin dies: $*"; cat "$w/err" 2>/dev/null | tail -n 5; exit 1; }
rule() { # NAME STATEMENT
    cat >"$w/$1.c" <<END
#include <outcry/outcry.h>
static uint32_t asked;
static oc_rc check(void *self, const struct oc_risk_ctx *ctx, const struct oc_request *ask, struct oc_verdict *verdict)
{
    (void)self;
    (void)ctx;
    if (asked++ > 20) {
        $2
    }
    verdict->allowed = ask->kind != 0;
    return OC_OK;
}
static oc_rc open_rule(const struct oc_host *host, void **ret_self) { (void)host; *ret_self = &asked; return OC_OK; }
static void close_rule(void *self) { (void)self; }
static const struct oc_risk risk = {.size = sizeof risk, .check = check};
static const struct oc_iface ifaces[] = {{OC_RISK, &risk}, {0}};
static const struct oc_plugin plugin = {.size = sizeof plugin, .abi_major = OC_ABI_MAJOR, .abi_minor = OC_ABI_MINOR,
    .kind = OC_RISK, .id = "org.example.$1", .version = "1.0.0", .license = "MIT", .about = "dies",
    .open = open_rule, .close = close_rule, .ifaces = ifaces};
OC_EXPORT const struct oc_plugin *const oc_plugins_v1[] = {&plugin, NULL};
END
    "$cc" -std=gnu11 -O1 -w -fPIC -fvisibility=hidden -shared -nostartfiles -Isdk/include "$w/$1.c" -o "$w/$1.so" || fail "$1 does not compile"
}
rule crashes 'volatile int *nowhere = (volatile int *)8; *nowhere = 1;'
rule hangs 'for (volatile int i = 0;; i++) ;'
run="paper strategies/sma_cross.lua --feed synthetic-bars:3000 --cash 10000USDT --listen none"

# shellcheck disable=SC2086
"$outcry" $run --session "$w/s" --plugin mine="$w/crashes.so" >"$w/out" 2>"$w/err"
code=$?
[ $code -ge 128 ] || fail "exit $code, expected that of a signal"
grep -q 'plugin mine crashed (SIGSEGV.*) in its call check, last order asked about o[1-9]' "$w/err" || fail "no last words"
grep -q 'what a session has recorded is whole' "$w/err" || fail "the session is not spoken of"
# shellcheck disable=SC2086
"$outcry" $run --session "$w/s" --set risk.dropped=mine --json >"$w/out" 2>"$w/err" || fail "the session does not go on without the rule"
[ "$(jq .trades.fills "$w/out")" -gt 0 ] || fail "nothing was traded behind it"
"$outcry" report "$w/s" >"$w/out" 2>"$w/err" || fail "no report"
echo "a crash: last words, and the session goes on without the plugin"

# shellcheck disable=SC2086
"$outcry" $run --session "$w/t" --plugin mine="$w/hangs.so" >"$w/out" 2>"$w/err" &
pid=$!
tries=0 # it listens, and is within the call
until [ "$(awk '{print $14}' /proc/$pid/stat 2>/dev/null || echo 0)" -gt 150 ]; do
    tries=$((tries + 1))
    [ $tries -lt 1200 ] && kill -0 $pid 2>/dev/null || fail "it did not hang"
    sleep 0.05
done
kill -TERM $pid
wait $pid
code=$?
pid=
[ $code = 1 ] || fail "SIGTERM within an endless call: exit $code, expected 1"
grep -q 'plugin mine did not come back when the run was to end in its call check' "$w/err" || fail "no last words"
# shellcheck disable=SC2086
"$outcry" $run --session "$w/t" --set risk.dropped=mine --quiet >"$w/out" 2>"$w/err" || fail "the session does not go on without the rule"
echo "an endless call: SIGTERM is obeyed, and the session goes on without the plugin"

# shellcheck disable=SC2086
"$outcry" backtest strategies/sma_cross.lua synthetic-bars:3000 --cash 10000USDT --plugin mine="$w/hangs.so" >"$w/out" 2>"$w/err"
code=$?
[ $code = 1 ] || fail "an endless call: exit $code, expected 1"
grep -q 'plugin mine did not come back for 10 s in its call check' "$w/err" || fail "no last words"
echo "an endless call that nobody ends is ended"

# P5: every call that a host makes is named by the last words, the rare ones too: a crash is never called the host's. The plugins
# are examples, with a crash as the first statement of one function.
crash_in() { # SOURCE FUNCTION
    sed 's/^\(static .*\) { free(self); }$/\1\n{\n    free(self);\n}/; s/^\(static .*\) { return \(.*;\) }$/\1\n{\n    return \2\n}/' "$1" | awk -v fn="$2" '
        $0 ~ "^static .*[ *]" fn "\\(" { inside = 1 }
        { print }
        inside && /^[{]$/ { print "    *(volatile int *)8 = 1;"; inside = 0; found = 1 }
        END { exit !found }' >"$w/$3.c" || fail "$1 has no function $2"
    "$cc" -std=gnu11 -O1 -w -fPIC -fvisibility=hidden -shared -nostartfiles -Isdk/include "$w/$3.c" -o "$w/$3.so" || fail "$1 with a crash in $2"
}
named() { # PART CALL VERB ARGUMENTS...
    part=$1 call=$2
    shift 2
    "$outcry" "$@" >"$w/out" 2>"$w/err"
    code=$?
    [ $code -ge 128 ] || fail "P5: a crash in $call of $part: exit $code, expected that of a signal"
    grep -q "plugin $part crashed (SIGSEGV.*) in its call $call[,:]" "$w/err" || fail "P5: a crash in $call of $part is not named"
    crashes=$((crashes + 1))
}
crashes=0
"$cc" -std=c11 -O1 -w tests/outside/bars.c -o "$w/bars" && "$w/bars" 20000 7 "$w/d.bin" "$w/d.csv" || fail "no bars"
paper() { # FOLDER
    echo "paper strategies/sma_cross.lua --feed synthetic-bars:20000 --cash 10000USDT --listen none --session $w/$1"
}
for call in open_rule:open interest observe save close_rule:close; do
    crash_in tests/outside/rule_cooldown.c "${call%:*}" dies
    id=mine
    case $call in open*|close*) id=org.example.cooldown ;; esac
    # shellcheck disable=SC2046
    named $id "${call#*:}" $(paper "r_${call#*:}") --plugin mine="$w/dies.so"
done
# load: of a session that goes on behind a checkpoint
crash_in tests/outside/rule_cooldown.c load dies
crash_in sdk/examples/sim_nextopen/nextopen.c load sim
for pair in mine=dies org.example.nextopen=sim; do
    # shellcheck disable=SC2046
    "$outcry" $(paper load_${pair#*=}) --plugin mine="$w/${pair#*=}.so" --duration 9000m >"$w/out" 2>"$w/err" || fail "a session with $pair"
    # shellcheck disable=SC2046
    named ${pair%=*} load $(paper load_${pair#*=}) --plugin mine="$w/${pair#*=}.so"
done
# observe: of a simulator that is another file than the one before
# shellcheck disable=SC2046
"$outcry" $(paper observe) --plugin mine="$w/sim.so" --duration 9000m >"$w/out" 2>"$w/err" || fail "a session with sim.so"
crash_in sdk/examples/sim_nextopen/nextopen.c observe dies
# shellcheck disable=SC2046
named org.example.nextopen observe $(paper observe) --plugin mine="$w/dies.so"
for call in open_venue:open instrument balance market request position save close_venue:close; do
    crash_in sdk/examples/sim_nextopen/nextopen.c "${call%:*}" dies
    # shellcheck disable=SC2046
    named org.example.nextopen "${call#*:}" $(paper "s_${call#*:}") --plugin mine="$w/dies.so"
done
crash_in sdk/examples/sim_nextopen/nextopen.c end dies
echo 'function on_bar(m) if m.position.qty == 0 and not m:busy() then m:buy(0.01) end end' >"$w/holds.lua"
named org.example.nextopen end backtest "$w/holds.lua" synthetic-bars:500 --cash 10000USDT --plugin mine="$w/dies.so"
for call in open_reader:open probe start pull stats stop close_reader:close; do
    crash_in sdk/examples/data_binbars/binbars.c "${call%:*}" dies
    named org.example.binbars "${call#*:}" backtest strategies/sma_cross.lua "$w/d.bin" --cash 10000USDT --plugin mine="$w/dies.so"
done
crash_in sdk/examples/data_binbars/binbars.c error dies
head -c 100 "$w/d.bin" >"$w/short.bin"
named org.example.binbars error backtest strategies/sma_cross.lua "$w/short.bin" --cash 10000USDT --plugin mine="$w/dies.so"
for call in open_it:open start message request; do
    crash_in sdk/examples/connector_loopback/loopback.c "${call%:*}" dies
    named org.example.loopback "${call#*:}" run sdk/examples/connector_loopback/day.lua --venue loopback --config sdk/examples/connector_loopback/day.conf \
        --plugin loopback="$w/dies.so" --cash 10000USDT --listen none
done
echo "P5: a crash in each of $crashes calls is named"
