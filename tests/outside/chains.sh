#!/bin/sh
# chains.sh SOURCE_DIR BUILD_DIR CC: chains in every order, one plugin twice with scopes of its own, 32 rules and one more, and
# files that go, come back, and are replaced while a session stands or runs.
set -u
. "$1/tests/outside/house.sh"
cd "$w" || exit 1
mkdir plugins
cp so/*.so plugins
others='"max_order_value", "price_collar", "position_limit", "message_rate", "max_daily_loss"'
limits='limits = ( { instrument = "BTC/USDT"; limit = "5"; } );'

backtest() { # CONF: figures to CONF.figures
    "$outcry" backtest trips.lua synthetic-bars:3000 --cash '10000 USDT' --fee taker=0.1% --config "$1.conf" --json \
        >"$1.json" 2>"$1.err" || fail "$1: $(cat "$1.err")"
    figures "$1.json" >"$1.figures"
}

# Every order of three rules that do not meet: one denies buys, one is wide, one is ours and wide.
for order in '"a", "b", "c"' '"a", "c", "b"' '"b", "a", "c"' '"b", "c", "a"' '"c", "a", "b"' '"c", "b", "a"'; do
    cat >order.conf <<END
plugins: { folders = ["plugins"]; };
risk: { chain = [$order, "max_order_qty", $others];
  a: { plugin = "org.example.cooldown"; losses = 2; minutes = 20; };
  b: { plugin = "org.example.limits"; $limits };
  c: { plugin = "outcry.max_order_qty"; limit = "7"; }; };
END
    backtest order
    [ -f first.figures ] || cp order.figures first.figures
    cmp -s first.figures order.figures || fail "order $order: $(cat first.figures order.figures)"
done
[ "$(jq '.trades.denied > 100' order.json)" = true ] || fail "the chain denies nothing: $(jq -c .trades order.json)"
echo "every order: the same fills"

# One plugin twice: each holds for its own instruments alone.
cat >twice.conf <<END
plugins: { folders = ["plugins"]; };
risk: { chain = ["btc", "rest", "max_order_qty", $others];
  btc:  { plugin = "outcry.max_order_qty"; limit = "1"; for: { instruments = ["BTC/*"]; }; };
  rest: { plugin = "outcry.max_order_qty"; limit = "0.001"; for: { instruments = ["*/USDT", "!BTC/USDT"]; }; }; };
END
backtest twice
[ "$(jq '.trades.denied' twice.json)" = 0 ] || fail "the rule of other instruments denies: $(jq -c .trades twice.json)"
sed 's/limit = "1"/limit = "0.001"/' twice.conf >tight.conf
backtest tight
[ "$(jq '.trades.fills' tight.json)" = 0 ] || fail "the rule of BTC does not deny: $(jq -c .trades tight.json)"
echo "twice: each in its scope"

# The host's own kill switch and 31 others are 32 rules.
many() { # COUNT
    names= groups=
    for i in $(seq 1 "$1"); do
        names="$names\"r$i\", "
        groups="$groups r$i: { plugin = \"org.example.limits\"; $limits };"
    done
    echo "plugins: { folders = [\"plugins\"]; }; risk: { chain = [$names \"max_order_qty\", $others]; $groups };"
}
many 25 >many.conf
backtest many
[ "$(jq '[.notes[] | select(contains("a plugin from outside"))] | length' many.json)" = 25 ] || fail "not all of 25 are named"
many 26 >more.conf
"$outcry" backtest trips.lua synthetic-bars:100 --cash '10000 USDT' --config more.conf >out 2>&1 && fail "33 rules are taken"
grep -q 'at most 32 rules' out || fail "33 rules: $(cat out)"
echo "32 rules run, 33 are refused"

# Each report names every part, with its file: the run's, and the one that is made of its records.
parts() { jq -c '[.parts[] | [.part, .id, .version, .hash, .foreign, .missing]]' "$1"; }
"$outcry" backtest trips.lua synthetic-bars:300 --cash '10000 USDT' --config many.conf --session named --json >named.json \
    2>named.err || fail "$(cat named.err)"
"$outcry" report named --json >again.json 2>named.err || fail "$(cat named.err)"
[ "$(jq '[.parts[] | select(.foreign)] | length' named.json)" = 25 ] || fail "$(parts named.json)"
[ "$(jq '.parts | length' named.json)" = 34 ] || fail "not all parts are named: $(parts named.json)"
[ "$(jq -r '.parts[1].file' named.json)" = "$w/plugins/rule_limits.so" ] || fail "$(jq -c .parts named.json)"
[ "$(parts named.json)" = "$(parts again.json)" ] || fail "the records name other parts: $(parts again.json)"
"$outcry" report named | tr -d ' \n' | grep -q 'org.example.limits1.0.0(foreign)asrisk.r25' || fail "$("$outcry" report named)"
echo "every part is named"

# A rule whose file is gone.
cat >gone.conf <<END
plugins: { folders = ["plugins"]; };
risk: { chain = ["pause", "max_order_qty", $others]; pause: { plugin = "org.example.cooldown"; losses = 1; minutes = 10080; }; };
END
stand() {
    exec "$outcry" console trips.lua --feed synthetic-bars:9000 --cash '10000 USDT' --config gone.conf --session gone --paused
}
kill_lines 'step 600
hold trips
print("denied by " .. tostring(select(2, m:buy { qty = 0.01 }).code))'
grep -q 'denied by COOLING_DOWN' said || fail "the pause does not hold: $(cat said)"
mv plugins/rule_cooldown.so kept.so
"$outcry" backtest trips.lua synthetic-bars:100 --cash '10000 USDT' --config gone.conf >out 2>&1 &&
    fail "a backtest without its rule starts"
grep -q 'org.example.cooldown' out || fail "the backtest does not say what it lacks: $(cat out)"
kill_lines 'print("denied by " .. tostring(select(2, m:buy { qty = 0.01 }).code))
print("position " .. m.position.qty)'
grep -q 'denied by RULE_MISSING' said || fail "a host that lacks a rule buys: $(cat said)"
grep -q 'rule pause is missing: cancels and reductions only' said || fail "it does not say what is missing: $(cat said)"
# B9: whoever looks at the session, at its rules, at an order to come or at one that was denied, sees it there.
for word in status risk 'preview buy 0.01' "explain(orders('all')[1].id)"; do
    kill_lines "$word"
    grep -q 'takes cancels and reductions only: rule pause is missing' said || fail "B9: $word: not said: $(cat said)"
done
kill_lines plugins
grep -q 'org.example.cooldown.*missing' said || fail "B9: plugins: $(cat said)"
mv kept.so plugins/rule_cooldown.so
kill_lines 'print("denied by " .. tostring(select(2, m:buy { qty = 0.01 }).code))'
grep -q 'denied by COOLING_DOWN' said || fail "the rule is back and its state is not: $(cat said)"
end_well() { # it goes on to its end, and what it did meanwhile is done again by a replay
    kill_lines 'step 300'
    "$outcry" paper trips.lua --feed synthetic-bars:9000 --cash '10000 USDT' --config gone.conf --session gone --speed max \
        >out 2>&1 || fail "it does not go on: $(tail -n 5 out)"
    replays "$w/gone" "$1"
}
end_well "a rule that was gone for a while"
echo "a rule that is gone: cancels and reductions only; back with its state, and replayed"

# What is held can be reduced without the rule, and nothing can be added.
rm -rf gone
mv gone.conf pause.conf
cat >gone.conf <<END
plugins: { folders = ["plugins"]; };
risk: { chain = ["own", "max_order_qty", $others]; own: { plugin = "org.example.limits"; $limits }; };
END
kill_lines 'hold trips
step 3
m:buy { qty = 0.02 }
step 3
print("holds " .. m.position.qty)'
grep -q 'holds 0.02' said || fail "nothing is held: $(cat said)"
mv plugins/rule_limits.so kept.so
kill_lines 'print("denied by " .. tostring(select(2, m:buy { qty = 0.01 }).code))
m:sell { qty = 0.005, reduce_only = true }
step 3
print("holds " .. m.position.qty)
m:close()
step 3
print("holds then " .. m.position.qty)'
grep -q 'denied by RULE_MISSING' said || fail "a host that lacks a rule buys: $(cat said)"
grep -q 'holds 0.015' said || fail "a host that lacks a rule does not reduce: $(cat said)"
grep -q 'holds then 0$' said || fail "a host that lacks a rule does not close: $(cat said)"
mv kept.so plugins/rule_limits.so
kill_lines 'print("allowed: " .. tostring(m:buy { qty = 0.01 } ~= nil))
step 3'
grep -q 'allowed: true' said || fail "the rule is back and nothing is allowed: $(cat said)"
end_well "a rule that was gone, and what was reduced then"

# Gone from the start, and while checkpoints are made: 4096 bars.
rm -rf gone
mv plugins/rule_limits.so kept.so
kill_lines 'step 4500
print("denied by " .. tostring(select(2, m:buy { qty = 0.01 }).code))'
grep -q 'denied by RULE_MISSING' said || fail "a host that lacks a rule buys: $(cat said)"
kill_lines 'step 10'
replays "$w/gone" "a rule that was gone from the start"
mv kept.so plugins/rule_limits.so
kill_lines 'step 10
print("allowed: " .. tostring(m:buy { qty = 0.01 } ~= nil))
step 10'
grep -q 'allowed: true' said || fail "the rule is back and nothing is allowed: $(cat said)"
"$outcry" paper trips.lua --feed synthetic-bars:9000 --cash '10000 USDT' --config gone.conf --session gone --speed max \
    >out 2>&1 || fail "it does not go on: $(tail -n 5 out)"
replays "$w/gone" "a rule that came later"
mv pause.conf gone.conf
echo "without a rule: reduced and closed, and replayed"

# What guarded a session guards it when it goes on, also when the configuration was forgotten.
rm -rf gone
kill_lines 'step 3'
"$outcry" paper trips.lua --feed synthetic-bars:9000 --cash '10000 USDT' --session gone --speed max >out 2>&1 &&
    fail "a session goes on without its rule"
grep -q 'the rule pause, which guarded it, is not in risk.chain now: expected org.example.cooldown' out || fail "$(cat out)"
"$outcry" paper trips.lua --feed synthetic-bars:9000 --cash '10000 USDT' --session gone --speed max \
    --set risk.dropped=pause >out 2>&1 || fail "a rule cannot be dropped on purpose: $(cat out)"
echo "a forgotten configuration: refused"

# A scope that holds nothing of the run is said; a part of the configuration is not another plugin for one run.
sed 's/"BTC\/\*"/"BTCUSDT"/' twice.conf >nothing.conf
backtest nothing
grep -q 'WARN plugins: risk.btc is asked nothing: the instruments of its scope' nothing.err || fail "$(cat nothing.err)"
[ "$(jq '[.notes[] | select(contains("risk.btc was asked nothing"))] | length' nothing.json)" = 1 ] || fail "$(jq .notes nothing.json)"
[ "$(jq '[.notes[] | select(contains("risk.rest was asked nothing"))] | length' nothing.json)" = 1 ] || fail "$(jq .notes nothing.json)"
[ "$(jq '[.notes[] | select(contains("was asked nothing"))] | length' many.json)" = 0 ] || fail "$(jq .notes many.json)"
sed 's/for: { instruments = \["BTC\/\*"\]; }/for: { strategies = ["nosuch"]; }/' twice.conf >nobody.conf
backtest nobody
grep -q 'risk.btc is asked nothing: the strategies of its scope' nobody.err || fail "$(cat nobody.err)"
"$outcry" backtest trips.lua synthetic-bars:100 --cash '10000 USDT' --config gone.conf --plugin pause=so/rule_limits.so >out 2>&1 &&
    fail "another plugin for a part of the configuration is taken"
grep -q "risk.pause.plugin: --plugin names another plugin for this part, org.example.limits" out || fail "$(cat out)"
echo "a scope of nothing, a part that is another: said"

# Another version, which cannot read the state of the old one. A checkpoint holds that: 4096 bars.
sed 's/STATE_VERSION = 1/STATE_VERSION = 2/; s/"1\.0\.0"/"2.0.0"/' "$here/rule_cooldown.c" >next.c
make_plugin next.c rule_next
rm -rf gone
(exec "$outcry" paper trips.lua --feed synthetic-bars:9000 --cash '10000 USDT' --config gone.conf --session gone --speed max) \
    >out 2>&1 || fail "$(cat out)"
cp so/rule_next.so plugins/rule_cooldown.so
"$outcry" paper trips.lua --feed synthetic-bars:9500 --cash '10000 USDT' --config gone.conf --session gone --speed max >out 2>&1 &&
    fail "the state of another version is read"
grep -q 'the risk rule pause cannot read the state' out || fail "P7: another version: $(cat out)"
echo "P7: another version: named"

# One that can: the session goes on under it, its state with it, and its report names the version that it goes on with.
sed 's/"1\.0\.0"/"1.0.1"/' "$here/rule_cooldown.c" >next.c
make_plugin next.c rule_patch
cp so/rule_patch.so plugins/rule_cooldown.so
"$outcry" paper trips.lua --feed synthetic-bars:9500 --cash '10000 USDT' --config gone.conf --session gone --speed max >out 2>&1 ||
    fail "an upgraded rule: $(tail -n 5 out)"
replays "$w/gone" "an upgraded rule"
[ "$("$outcry" report gone --json 2>out | jq -r '.parts[] | select(.part == "risk.pause").version')" = 1.0.1 ] || fail "not 1.0.1"
echo "an upgraded rule: goes on"

# A file that is replaced while it is loaded: the run goes on with what it loaded, to the end, and says the file that it was.
cp so/rule_cooldown.so plugins/rule_cooldown.so
rm -rf gone whole
kill_none() { # FOLDER BETWEEN: half, then what is between, then the rest, in one process
    rm -f in
    mkfifo in # below, the old `said` is gone before `in` is opened
    (exec "$outcry" console trips.lua --feed synthetic-bars:3000 --cash '10000 USDT' --config gone.conf --session "$1" \
        --paused) >said 2>&1 <in &
    pid=$!
    exec 9>in
    printf 'step 1500\nprint("half " .. "way")\n' >&9
    tries=0
    until grep -q 'half way' said; do
        tries=$((tries + 1))
        [ $tries -lt 1200 ] || fail "it does not step: $(tail -n 5 said)"
        sleep 0.05
    done
    eval "$2"
    printf 'step 1500\nquit\n' >&9
    exec 9>&-
    wait $pid || fail "it ends badly: $(tail -n 5 said)"
    pid=
}
kill_none whole true
kill_none gone 'cp so/rule_next.so plugins/rule_cooldown.so && : >plugins/sim_slip.so'
for folder in whole gone; do
    "$outcry" report $folder --json 2>/dev/null | jq -cS '[.money, .trades, .hashes.meaning]' >$folder.report
done
cmp -s whole.report gone.report || fail "the run changed with the file: $(cat whole.report gone.report)"
echo "a file replaced while it is loaded: the run goes on with what it loaded"
echo "outside_chains: passed"
