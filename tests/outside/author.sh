#!/bin/sh
# author.sh SOURCE_DIR BUILD_DIR CC: what an author meets on the way, with the installation alone: skeletons under any name, a clock that
# moves in `plugin try`, a state that is too large for a checkpoint.
set -u
. "$1/tests/outside/house.sh"
cd "$w" || exit 1

# A name that C keeps for itself names a file and an id, and nothing in the source.
for kind in risk risk-state connector sim data; do
    for name in int main check; do
        mkdir -p $kind
        "$outcry" plugin new $kind $name $kind >out 2>&1 || fail "plugin new $kind $name: $(cat out)"
        (cd $kind/$name && make_plugin $name.c ${kind}_$name) || exit 1
        (cd $kind/$name && "$cc" -std=c11 $(pkg-config --cflags outcry) ${name}_test.c -o test && ./test >out 2>&1) ||
            fail "the test of $kind $name: $(cat $kind/$name/out)"
    done
done
"$outcry" plugin new risk a__b >out 2>&1 && fail "a name that no configuration takes is taken"
grep -q 'no double underscore' out || fail "a__b: $(cat out)"
echo "skeletons: any word that a configuration takes"

# B6: what is asked after a wait is asked then, without a price in between.
cat >clock.txt <<'END'
* price 100
* filled buy 1 @ 100
* filled sell 1 @ 90
* buy 1
= refuse COOLING_DOWN 0 against 300
* wait 1m
* buy 1
= refuse COOLING_DOWN 60 against 300
@ 2026-01-05T14:34:59Z
* buy 1
= refuse COOLING_DOWN 299 against 300
* wait 1s
* buy 1
= allow
END
"$outcry" plugin try so/rule_cooldown.so clock.txt --set losses=1 --set minutes=5 >out 2>&1 || fail "the clock of a try: $(cat out)"
echo "plugin try: the clock moves at once"

# B5: a state that no checkpoint takes: `plugin check` says so, and a run that uses it all the same names the rule.
sed 's/TRIPS_MAX = 256/TRIPS_MAX = 4096/' "$here/rule_cooldown.c" >large.c
"$cc" -std=c11 -O2 -shared $(pkg-config --cflags outcry) large.c -o so/large.so $(pkg-config --libs outcry) || fail "large.c does not build"
"$outcry" plugin check so/large.so >out 2>&1 && fail "a state that is too large is good"
grep -q 'org.example.cooldown: save: it failed' out || fail "a state that is too large: $(cat out)"
"$outcry" paper trips.lua --feed synthetic-bars:9000 --cash '10000 USDT' --session large --speed max --plugin heavy=so/large.so >out 2>&1 ||
    fail "it does not run: $(cat out)"
grep -q 'no checkpoint was written: the risk rule heavy saves more than 65536 bytes' out || fail "the rule is not named: $(cat out)"
echo "a state that is too large: named"
# B7: a console is ended while a rule does not come back: its last words are those of a run that was to end, not of the limit.
sed 's/^static oc_rc check(.*/static oc_rc check_now(void *self, const struct oc_risk_ctx *ctx, const struct oc_request *ask,\
                       struct oc_verdict *ret_verdict);\
static oc_rc check(void *self, const struct oc_risk_ctx *ctx, const struct oc_request *ask,\
                   struct oc_verdict *ret_verdict)\
{\
    for (volatile int64_t turns = 0; ask->kind == OC_REQUEST_NEW; turns++)\
        ;\
    return check_now(self, ctx, ask, ret_verdict);\
}\
static oc_rc check_now(void *self, const struct oc_risk_ctx *ctx, const struct oc_request *ask,/' "$here/rule_cooldown.c" >endless.c
"$cc" -std=c11 -O2 -shared $(pkg-config --cflags outcry) endless.c -o so/endless.so $(pkg-config --libs outcry) || fail "endless.c does not build"
stand() {
    exec "$outcry" console --feed synthetic-bars:500 --cash '10000 USDT' --session endless --paused --plugin slow=so/$rule.so
}
waits_for() { # WHAT COMMAND...: until it holds
    what=$1 tries=0
    shift
    until "$@"; do
        tries=$((tries + 1))
        [ $tries -lt 1200 ] || fail "$what: $(tail -n 5 said)"
        sleep 0.05
    done
}
works() { # the session's thread is in the rule: it runs at each look, where reading a line takes no time
    for look in 1 2 3 4; do
        cat /proc/$pid/task/*/stat 2>/dev/null | grep -q ') R ' || return 1
        sleep 0.05
    done
}
rule=endless
rm -f in
mkfifo in
(stand) >said 2>&1 <in &
pid=$!
exec 9>in
printf 'step 3\nprint("it " .. "stands")\n' >&9
waits_for "it does not stand" grep -q 'it stands' said
printf 'm:buy { qty = 0.01 }\n' >&9
waits_for "the rule is not asked" works
kill -TERM $pid
wait $pid
code=$?
pid=
exec 9>&-
[ $code = 1 ] || fail "a rule that does not come back: exit code $code: $(cat said)"
grep -q 'plugin slow did not come back when the run was to end in its call check' said || fail "SIGTERM is not obeyed: $(cat said)"
rule=rule_cooldown # mended: the order that it was asked about goes out now, once
kill_lines 'step 3
print("holds " .. m.position.qty)'
grep -q 'holds 0.01$' said || fail "after the rule was mended: $(cat said)"
replays "$w/endless" "ended within a rule, and mended"
echo "a console that is ended within a rule: obeyed"
# C: what is configured and cannot be had is a fault of the configuration, whoever finds it: exit code 3.
mkdir -p plugins
cp so/rule_cooldown.so so/rule_limits.so plugins
make_plugin "$here/connector_jline.c" jline
cp so/jline.so plugins
cat >typo.conf <<'END'
plugins: { folders = ["plugins"]; };
risk: { chain = ["pause", "max_order_qty", "max_order_value", "price_collar", "position_limit", "message_rate", "max_daily_loss"];
  pause: { plugin = "org.example.coldown"; }; };
venue: { mine: { connector = "org.example.jline"; accounts = ["main"]; environment = "local"; transcript = "day.txt";
  instruments = ( { symbol = "BTC/USDT"; price_step = "0.01"; qty_step = "0.001"; } ); }; };
END
ends_with_3() { # OPTIONS...: of a backtest
    "$outcry" backtest trips.lua synthetic-bars:20 --cash '10000 USDT' "$@" >out 2>&1
    code=$?
    [ $code = 3 ] || fail "$*: exit code $code: $(cat out)"
}
ends_with_3 --config typo.conf
ends_with_3 --plugin a=nothing.so
ends_with_3 --set plugins.folders=nowhere
ends_with_3 --config nothing.conf
"$outcry" config check typo.conf >out 2>&1
[ $? = 3 ] || fail "config check: $(cat out)"
grep -q 'did you mean org.example.cooldown' out || fail "the nearest id: $(cat out)"
grep -q 'was found and is not used' out && fail "noise beside a fault: $(cat out)"
echo "what is not there: exit code 3"

# Found and not used: once, and not of a connector that a venue names; the list says who uses what.
sed 's/coldown/cooldown/' typo.conf >good.conf
"$outcry" backtest trips.lua synthetic-bars:20 --cash '10000 USDT' --config good.conf >out 2>&1 || fail "$(cat out)"
[ "$(grep -c 'was found and is not used' out)" = 1 ] || fail "found and not used: $(cat out)"
grep -q 'org.example.limits .*was found and is not used' out || fail "found and not used: $(cat out)"
"$outcry" plugin list --config good.conf >out 2>&1 || fail "$(cat out)"
grep -q '^connector *org.example.jline *1.0.0 *.*/plugins/jline.so  used by venue.mine$' out || fail "the user of a connector: $(cat out)"
grep -q 'org.example.cooldown .*used by risk.pause$' out || fail "the user of a rule: $(cat out)"
echo "plugin list: every user"

# A build with a sanitizer: its cause and remedy come before what comes of it.
if ! grep -q '^OUTCRY_[AT]SAN:BOOL=ON' "$build/CMakeCache.txt" &&
    "$cc" -std=c11 -shared -fPIC -fsanitize=address $(pkg-config --cflags outcry) "$here/rule_limits.c" -o so/sane.so 2>out; then
    "$outcry" plugin check so/sane.so >out 2>&1 && fail "a sanitizer build is taken"
    head -n 1 out | grep -q 'needed library: found libasan.*build it without -fsanitize' || fail "the first remedy: $(cat out)"
    echo "a sanitizer build: the cause first"
fi
echo "outside_author: passed"
