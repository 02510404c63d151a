#!/bin/sh
# strategy_words.sh OUTCRY: `strategy new`, `strategy check` and `test`, as somebody who begins: what is made passes its own tests, runs, and
# is never written over; tests fail where they should, with file and line, and see orders, fills, positions and logs as the host has them.
set -u
outcry=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
export HOME="$work" TMPDIR="$work/tmp"
mkdir tmp
bad=0
say() { echo "strategy words: $*"; bad=1; }
# expect CODE WORDS ARGUMENTS...
expect() {
    code=$1 words=$2
    shift 2
    "$outcry" "$@" >out 2>&1
    found=$?
    [ $found = "$code" ] || { say "outcry $*: exit $found, expected $code"; head -5 out; }
    grep -qF -- "$words" out || { say "outcry $*: '$words' is not in:"; head -12 out; }
}
expect 0 "outcry test dips_test.lua" strategy new dips
expect 0 "3 passed, 0 failed" test dips_test.lua
expect 0 "dips.lua: strategy dips, bars of the data" strategy check dips.lua
expect 0 "tried on synthetic-bars:3000: on_bar was called 2951 times" strategy check dips.lua
expect 1 "there is a file of that name: nothing was written over" strategy new dips
expect 2 "found 'Dips', expected a name" strategy new Dips
mkdir sub
expect 0 "made sub/other.lua" strategy new other sub
(cd / && "$outcry" test "$work/sub/other_test.lua" >"$work/out" 2>&1) || say "a test does not find the strategy beside it: $(cat out)"
sed 's/params = params }/params = params, cash = "0.001 USDT" }/' dips_test.lua >poor_test.lua
"$outcry" test poor_test.lua >out 2>&1
grep -q 'attempt to' out && say "without money the strategy that is made fails: $(cat out)"
# A fault of each kind dies in the tests that were made.
for fault in 's/stop_loss = stop, //' 's/b.close < m.fast()/b.close > m.fast()/' 's/tag = "back"/tag = "bak"/' 's/m.fast() > m.slow()/true/'; do
    sed "$fault" dips.lua >sub/dips.lua
    cp dips_test.lua sub
    expect 1 " failed" test sub/dips_test.lua
done
# stubs: plain Lua that does nothing, made anew, nobody's file written over; every word of the reference stands in it.
expect 0 "made outcry.d.lua" strategy stubs
expect 0 "left .luarc.json as it is" strategy stubs
expect 0 "made sub/.luarc.json" strategy stubs sub
jq -e '."runtime.version" == "Lua 5.4"' .luarc.json >/dev/null || say ".luarc.json is no JSON: $(cat .luarc.json)"
{ echo 'local function never()' && cat outcry.d.lua && echo 'end test("it is Lua", function() equal(never ~= nil, true) end)'; } >typed.lua
"$outcry" help lua | sed -n '/^## Standard Lua/,$d; s/^- `\([^`]*\)`:.*/\1/p' | grep -oE '^[a-z_.:]+' | sed 's/.*[.:]//' | sort -u | grep -vxE 'indicator|x' >words
[ "$(wc -l <words)" -gt 150 ] || say "the reference has $(wc -l <words) words"
while read -r word; do
    grep -qE "^---@field $word |^$word = nil" outcry.d.lua || say "outcry.d.lua has no '$word'"
done <words
expect 0 "1 passed, 0 failed" test typed.lua
grep -oE 'outcry\.[A-Z][A-Za-z]*' outcry.d.lua | sort -u | while read -r type; do grep -q "^---@class $type\b" outcry.d.lua || echo "$type"; done >unknown
[ -s unknown ] && say "types without a class: $(tr '\n' ' ' <unknown)"
echo mine >sub/outcry.d.lua
expect 1 "nothing was written over" strategy stubs sub
[ "$(cat sub/outcry.d.lua)" = mine ] || say "a file of somebody's was written over"
expect 2 "usage" strategy stubs a b
# check: what a strategy cannot be, and what would surprise.
echo 'function on_bar(m, b) local x = m.emma(3) end' >emma.lua
expect 1 "did you mean 'ema'?" strategy check emma.lua
echo 'function on_bra(m, b) end' >bra.lua
expect 1 "'on_bra' is not a callback" strategy check bra.lua
echo 'function on_bar(m, b) end' >idle.lua
expect 0 "note: it never ordered anything" strategy check idle.lua
expect 3 "has no parameter 'dop'" strategy check dips.lua -p dop=3
expect 2 "usage" strategy check
expect 2 "usage" strategy neu dips
"$outcry" strategy check dips.lua --json >out 2>&1
[ "$(jq -c '[.strategies[0].name, .strategies[0].params, .calls, (.requests > 100), (.fills > 100)]' out)" = \
    '["dips","dip=5\nrisk=0.01\nstop=2\ntrend=50\n",2951,true,true]' ] || say "check --json: $(cat out)"

cat >two.lua <<'LUA'
strategy { name = "two" }
function on_bar(m, b) if m.position.qty == 0 and not m:busy() then m:buy(1, { tag = "in" }) log.info("bought %s", m.symbol) end end
LUA
cat >ticks.lua <<'LUA'
strategy { name = "ticks" }
function on_trade(m, t) if not m.done then m.done = true m:buy(0.5) end end
on_quote = on_trade
LUA
cat >good_test.lua <<'LUA'
test("several markets, each with its own bars", function()
  local run = backtest { strategy = "two.lua", options = { "--spread", "0", "--latency", "0" }, markets = {
    ["BTC/USDT"] = { bars = { 100, 101, 102, 103 } }, ["ETH/USDT"] = { bars = { 10, { open = 11, close = 11, volume = 5000 }, 11, 12 } } } }
  equal(#run.fills, 2)
  equal({ run.fills[1].symbol, run.fills[1].price, run.fills[1].qty, run.fills[1].side, run.fills[1].role }, { "BTC/USDT", 100, 1, "buy", "none" })
  equal({ run.fills[2].symbol, run.fills[2].price }, { "ETH/USDT", 11 })
  equal(run.fills[1].time, (1704067200 + 60) * 1000000000)
  equal(run.positions, { ["BTC/USDT"] = 1, ["ETH/USDT"] = 1 })
  near(run.equity, 10000 + 3 + 1)
  equal(run.log[1], "INFO strategy: bought BTC/USDT")
  equal({ run.calls, #run.orders, run.orders[1].state, run.orders[1].type, run.orders[1].tag }, { 8, 2, "FILLED", "market", "in" })
end)
test("what the rules refuse is seen", function()
  local run = backtest { strategy = "two.lua", bars = { 100, 100, 100 }, set = { ["risk.max_order_qty.limit"] = "0.5" } }
  equal({ #run.fills, run.position, run.orders[1].state, run.orders[1].reason }, { 0, 0, "DENIED", "QUANTITY_ABOVE_LIMIT" })
end)
test("trades, and quotes", function()
  local trades = backtest { strategy = "ticks.lua", trades = { { 100, 1 }, { price = 101, qty = 2 }, 102 }, options = { "--spread", "0" } }
  equal({ #trades.fills, trades.fills[1].price }, { 1, 101 })
  local quotes = backtest { strategy = "ticks.lua", quotes = { { 100, 100.5 }, { bid = 101, ask = 101.5 } } }
  equal(quotes.fills[1].price, 100.5)
end)
test("what is held is closed at the end where that is asked for", function()
  local run = backtest { strategy = "two.lua", bars = { 100, 100, 100, 100 }, hold = false }
  equal({ run.position, run.fills[2].role }, { 0, "end" })
end)
test("a fault of the strategy may be expected", function()
  local run = backtest { strategy = "emma.lua", bars = { 1, 2 }, may_fail = true }
  ok(run.error:find("emma", 1, true))
  raises(function() backtest { strategy = "emma.lua", bars = { 1, 2 } } end, "emma")
end)
LUA
expect 0 "5 passed, 0 failed" test good_test.lua
# Each of these fails, with its file and line and what was found.
number=0
while IFS='|' read -r body words; do
    number=$((number + 1))
    echo "test(\"t\", function() $body end)" >bad_test.lua
    expect 1 "FAIL  t: bad_test.lua:1: $words" test bad_test.lua
    expect 1 "0 passed, 1 failed" test bad_test.lua
done <<'END'
equal(1 + 1, 3, "sum")|sum: found 2, expected 3
equal({ 1, a = "x" }, { 1, a = "y" })|found { 1, a = "x" }, expected { 1, a = "y" }
equal({ 1, 2 }, { 1 })|found { 1, 2 }, expected { 1 }
near(1, 1.1, 0.01)|found 1, expected 1.1 within 0.01
near("1", 1)|found "1", expected 1
ok(false, "it trades")|it trades: found false
raises(function() end)|nothing was raised
raises(function() error("a") end, "zz")|raised "bad_test.lua:1: a", expected "zz" in it
backtest { strategy = "none.lua", bars = { 1 } }|backtest: strategy none.lua: open none.lua: No such file
backtest { strategy = "two.lua" }|backtest: BTC/USDT: expected one of bars, trades and quotes
backtest { strategy = "two.lua", bars = {} }|backtest: there are no data
backtest { strategy = "two.lua", bars = { "x" } }|backtest: bar 1: found "x", expected a close
backtest { strategy = "two.lua", bars = { 0/0 } }|backtest: bar 1: found
backtest { strategy = "two.lua", bar = { 1 } }|backtest: unknown field "bar": did you mean 'bars'?
backtest { strategy = "two.lua", bars = { 1 }, symbol = "../x" }|backtest: symbol: found "../x"
backtest { strategy = "two.lua", bars = { 1 }, period = "1x" }|backtest: period: found "1x"
backtest { strategy = "two.lua", bars = { 1, 2 }, options = { "--nothing" } }|backtest: --nothing: unknown option
backtest { strategy = "emma.lua", bars = { 1, 2 } }|backtest: emma.lua:1: attempt to
END
[ $number -gt 17 ] || say "only $number faults were tried"
echo 'x = 1' >none_test.lua
expect 1 "there is no test in it" test none_test.lua
echo 'test("t", function() test("inner", function() end) end)' >inner_test.lua
expect 1 '"inner" stands within another test' test inner_test.lua
echo 'test("t" function() end)' >syntax_test.lua
expect 1 "syntax_test.lua:1: ')' expected" test syntax_test.lua
expect 1 "nothing_test.lua: open nothing_test.lua: No such file" test nothing_test.lua
expect 2 "usage" test
expect 2 "usage" test --jsno good_test.lua
"$outcry" test good_test.lua none_test.lua --json >out 2>&1
[ "$(jq -c '[.passed, .failed, (.files | length), .files[0].tests[0].passed, (.files[1].error | length > 0)]' out)" = '[5,1,2,true,true]' ] ||
    say "test --json: $(cat out)"
[ -z "$(ls -A tmp)" ] || say "files are left: $(ls tmp)"
[ $bad = 0 ] && echo "a strategy is begun, tried and tested"
exit $bad
