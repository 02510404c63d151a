#!/bin/sh
# report_course.sh OUTCRY: a few bars made by hand: how each trip went, what it cost and why it ended, as one can count it on paper.
set -u
outcry=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
fail() { echo "$*"; exit 1; }
cat >plan.lua <<'LUA'
local n = 0
function on_bar(m, b)
  n = n + 1
  if n == 2 then m:buy(1, { stop_loss = 95, tag = "first" }) end        -- decided at 100, filled at the open of 101
  if n == 5 then m:close({ tag = "out" }) end                           -- decided at 108, filled at 107
  if n == 6 then m:buy(2, { stop_loss = 100, tag = "second" }) end      -- decided at 106, filled there; stopped at 100
end
LUA
cat >data.csv <<'CSV'
ts_ms,open,high,low,close,volume
1700000040000,100,101,99,100,1000
1700000100000,100,101,99,100,1000
1700000160000,101,104,98,103,1000
1700000220000,103,112,102,110,1000
1700000280000,110,111,107,108,1000
1700000340000,107,107,105,106,1000
1700000400000,106,109,104,105,1000
1700000460000,105,105,99,101,1000
1700000520000,101,102,97,98,1000
1700000580000,98,103,96,99,1000
CSV
"$outcry" backtest plan.lua data.csv --symbol D/USDT --cash '10000 USDT' --fee taker=0.1% --latency 0 --set sim.paper.half_spread=0 \
    --session kept --json >run.json 2>err || { cat err; fail "the run"; }
of() { jq -c ".trips[$1] | [.tag, .exit_reason, .exit_tag, .mae, .mfe, .stop, .slippage, .spread, .held_seconds]" "${2:-run.json}"; }
is() { [ "$2" = "$3" ] || fail "$1: $2, not $3"; }
near() { awk -v a="$2" -v b="$3" 'BEGIN { exit !(a - b < 1e-12 && b - a < 1e-12) }' || fail "$1: $2, not $3"; }
# 101 to 107: lowest 98, highest 112; slippage 1 going in and 1 going out
is "the first trip" "$(of 0)" '["first","signal","out","-3","11","95","2","0",180]'
near "its R" "$(jq '.trips[0].r' run.json)" "$(echo | awk '{ print (6 - 0.208) / 6 }' OFMT=%.17g)"
# 2 from 106, up to 109, stopped at 100 within the bar that goes to 99: no worse than its stop
is "the second trip" "$(of 1)" '["second","stop","second","-12","6","100","0","0",76.666666667]'
near "its R" "$(jq '.trips[1].r' run.json)" "$(echo | awk '{ print (-12 - 0.412) / 12 }' OFMT=%.17g)"
is "the costs" "$(jq -c '.costs | [.gross, .spread, .slippage, .fees, .net, .turnover]' run.json)" '["-4","0","2","0.62","-6.62","620"]'
near "the fee that would have left nothing" "$(jq .costs.break_even_fee run.json)" "$(echo | awk '{ print -6 / 620 }' OFMT=%.17g)"
is "too few for a mean" "$(jq -c '[.execution.decision_slippage, .execution.markouts[0].mean, .costs.net_low]' run.json)" '[null,null,null]'
is "the prices" "$(jq -c '.prices[0].points[2]' run.json)" '["2023-11-14T22:17:00Z",101,104,98,103]'
"$outcry" report kept --json >report.json 2>err || { cat err; fail "the report of the records"; }
[ "$(jq -S 'del(.speed)' report.json)" = "$(jq -S 'del(.speed)' run.json)" ] || fail "the report of the records is another"

# the same as files for a spreadsheet, of the run and of its records
"$outcry" report kept --csv sheets >/dev/null 2>err || { cat err; fail "the files"; }
is "trips.csv" "$(sed -n 2p sheets/trips.csv)" \
    'plan,D/USDT,long,2023-11-14T22:16:00Z,2023-11-14T22:19:00Z,180,1,101,107,6,0.208,5.792,USDT,-3,11,95,0.965333333333333,0,2,signal,first,out,0,0,0'
is "orders.csv" "$(grep -c . sheets/orders.csv) $(cut -d, -f 7,8,12 sheets/orders.csv | tail -n +2 | tr '\n' ' ')" \
    '6 market,entry,FILLED stop,stop_loss,CANCELED market,close,FILLED market,entry,FILLED stop,stop_loss,FILLED '
is "equity.csv" "$(sed -n 4p sheets/equity.csv)" '2023-11-14T22:17:00Z,10001.899,10300,103'
"$outcry" backtest plan.lua data.csv --symbol D/USDT --cash '10000 USDT' --fee taker=0.1% --latency 0 --set sim.paper.half_spread=0 --quiet \
    --csv again --session other 2>err || { cat err; fail "the run with files"; }
diff -r sheets again || fail "the files of the run and of its records differ"
: >file
"$outcry" report kept --csv file >/dev/null 2>err && fail "files in a file"
grep -q 'file' err || fail "where the files could not be written is not said: $(cat err)"
"$outcry" backtest plan.lua data.csv --symbol D/USDT --cash '10000 USDT' --fee taker=0.05% --latency 0 --set sim.paper.half_spread=0 --quiet \
    --session cheap 2>err || { cat err; fail "the cheaper run"; }
is "two runs that are the same" "$("$outcry" report diff kept other --json | jq -c '.trips')" '{"same":2,"only_a":0,"only_b":0,"first_different":null}'
is "a cheaper one" "$("$outcry" report diff kept cheap --json | jq -c '[.a.fees, .b.fees, .a.gross == .b.gross, .trips.same]')" '["0.62","0.31",true,2]'
"$outcry" report diff kept cheap | grep -Eq '^  Fees +0.62 +0.31 +-0.31$' || fail "the table: $("$outcry" report diff kept cheap)"
"$outcry" report diff kept >/dev/null 2>&1 && fail "one session is compared with nothing"
"$outcry" report diff kept none >out 2>&1 && fail "a session that is not there"
grep -q none out || fail "which session is not there is not said: $(cat out)"

# with half a spread of a whole step and more: what is spread and what came of waiting is told apart, and gross is the same
"$outcry" backtest plan.lua data.csv --symbol D/USDT --cash '10000 USDT' --fee taker=0.1% --json >spread.json 2>err || { cat err; fail "the second run"; }
is "the costs" "$(jq -c '.costs | [.gross, .spread, .slippage, .fees, .net]' spread.json)" '["-4","6","2","0.62","-12.62"]'
is "a trip" "$(of 0 spread.json | cut -d, -f 4-8)" '"-4","10","95","2","2"'
echo "trips went as counted by hand: $(jq -c '.costs.net' run.json)"
