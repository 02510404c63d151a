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
grep -q 'plugin mine crashed (SIGSEGV.*) in its call check, last order asked about [1-9]' "$w/err" || fail "no last words"
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
