#!/bin/sh
# findings_q.sh OUTCRY: what people found wrong in results, tried again from the command line; each case bears the finding's number.
set -u
outcry=$(realpath "$1")
root=$(realpath "$(dirname "$0")/../..")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
bad=0
code=0
say() { echo "findings: $*"; bad=1; }

# run NAME ARGUMENTS...: a backtest, its report in NAME.json and what it said in NAME.err; the code in $code
run() {
    name=$1
    shift
    "$outcry" backtest "$@" --json >"$name.json" 2>"$name.err"
    code=$?
}
# is ID NAME QUERY WANTED
is() {
    found=$(jq -c "$3" "$2.json" 2>/dev/null)
    [ "$found" = "$4" ] || { say "$1: $3 of $2 is $found, expected $4"; head -3 "$2.err"; }
}

# Q3: prices of zero and below, where the data say so: equity, fills, stops, legs, sizes and the report go on; elsewhere they are refused
cat >signed.lua <<'LUA'
function on_fill(m, f) print(string.format("told %s %g %g cash %g equity %g", f.side, f.qty, f.price, account.cash, account.equity)) end
n = 0
local function said(order, err) print("told " .. (order and "open" or err.code)) end
function on_bar(m, b)
  n = n + 1
  print(string.format("told close %g equity %g profit %g", b.close, account.equity, m.position.unrealised))
  if n == 1 then said(m:buy(10)) end
  if n == 4 then
    said(m:buy(1, { price = -36, stop_loss = -40.5, take_profit = -10 }))
    said(m:buy(1, { price = -36, stop_loss = -35.5 }))
    said(m:buy(1, { price = -36, take_profit = -36.5 }))
    said(m:sell(2, { stop = -39 }))
  end
  if n == 5 then said(m:buy { quote_qty = 10 }) said(m:buy(3, { price = 0, tif = "IOC" })) end
  if n == 6 then said(m:sell(1, { price = -11 })) print("told risk " .. size.risk(m, { risk = 0.01, entry = -12, stop = -13, fee = 0.001 })) end
  if n == 7 then said(m:close()) end
end
LUA
{ echo timestamp,open,high,low,close,volume
  at=1587300000
  for line in 10,10,10,10 10,10,10,10 10,10,-40,-37 -37,-30,-40,-35 -35,-10,-41,-18 -18,-10,-19,-12 -12,5,-12,3 3,3,3,3; do
      echo $at,$line,1000
      at=$((at + 60))
  done; } >CL-USD.csv
run signed signed.lua CL-USD.csv --cash '1000 USD' --spread 0 --latency 0 --volume-cap 0 --limit-fill touch --data 'allow_nonpositive=yes;price_step=0.01;qty_step=0.001' --session signed --set risk.price_collar.ticks=100000
[ $code = 0 ] || { say "Q3: exit $code"; head -3 signed.err; }
cat >wanted <<'TEXT'
close 10 equity 1000 profit 0
open
buy 10 10 cash 900 equity 1000
close 10 equity 1000 profit 0
close -37 equity 530 profit -470
close -35 equity 550 profit -450
open
STOP_LOSS_ON_WRONG_SIDE
TAKE_PROFIT_ON_WRONG_SIDE
open
buy 1 -36 cash 936 equity 551
sell 2 -39 cash 858 equity 543
sell 1 -40.5 cash 817.5 equity 537.5
close -18 equity 673.5 profit -190.545
PRICE_NOT_POSITIVE
open
buy 3 -18 cash 871.5 equity 673.5
close -12 equity 739.5 profit -124.545
open
risk 7.214
sell 1 -11 cash 860.5 equity 740.5
close 3 equity 890.5 profit 36.7769
open
sell 10 3 cash 890.5 equity 890.5
close 3 equity 890.5 profit 0
TEXT
sed -n 's/.* told //p' signed.err >told
cmp -s wanted told || { say "Q3: what was told, > as it should be"; diff told wanted; }
is Q3 signed '[.money.final, .money.buy_and_hold != null]' '["890.5",true]'
"$outcry" replay signed --diff >said.txt 2>&1 || say "Q3: its replay differs"
"$outcry" report signed --json >signed2.json 2>said.err
is Q3 signed2 '.money.final' '"890.5"'
run unsigned signed.lua CL-USD.csv --cash '1000 USD'
[ $code != 0 ] && grep -q 'allow_nonpositive=yes' unsigned.err || say "Q3: prices below zero are taken unsaid"

# Q30: a backtest that is stopped by hand says so everywhere, and has an exit code of its own
cat >idle.lua <<'LUA'
function on_bar(m, b) end
LUA
stopped() { # SIGNAL ARGUMENTS...: the run is stopped when it has recorded something; its exit code in $code
    signal=$1
    shift
    rm -rf cut
    "$outcry" backtest idle.lua synthetic-bars:100000000 --cash '10000 USDT' --session cut "$@" >cut.json 2>cut.err &
    pid=$!
    until [ -s cut/live ]; do
        kill -0 $pid 2>/dev/null || { say "Q30: the run ended before it was stopped"; cat cut.err; return; }
        sleep 0.05
    done
    kill -"$signal" $pid
    wait $pid
    code=$?
}
stopped INT --json --report cut.html
[ $code = 6 ] || say "Q30: SIGINT: exit $code, expected 6"
is Q30 cut '[.interrupted, .error]' '[true,null]'
grep -q INTERRUPTED cut.err || say "Q30: stderr does not say it"
grep -q '<title>.*(INTERRUPTED).*</title>' cut.html && grep -q '<b>INTERRUPTED</b>' cut.html || say "Q30: the page does not say it"
"$outcry" report cut --json >said.json 2>said.err || say "Q30: no report of its records"
is Q30 said .interrupted true
"$outcry" report cut >said.txt 2>said.err
grep -q '^  INTERRUPTED ' said.txt || say "Q30: the report of its records does not say it"
stopped TERM
[ $code = 6 ] || say "Q30: SIGTERM: exit $code, expected 6"
grep -q '^  INTERRUPTED ' cut.json || say "Q30: the text does not say it"
"$outcry" replay cut >said.txt 2>&1 || say "Q30: its replay differs"
grep -q INTERRUPTED said.txt || say "Q30: its replay does not say it"
run whole idle.lua synthetic-bars:500 --cash '10000 USDT'
[ $code = 0 ] || say "Q30: a run to its end: exit $code"
is Q30 whole .interrupted false

# bars NAME OPEN,HIGH,LOW,CLOSE,VOLUME...: minute bars; orders are made on the close of the first one
bars() {
    name=$1
    shift
    echo ts_ms,open,high,low,close,volume >"$name.csv"
    at=1700000040000
    for bar in "$@"; do
        echo "$at,$bar" >>"$name.csv"
        at=$((at + 60000))
    done
}
# once NAME ORDER: a strategy that asks for it on the first close of each market
once() { printf 'local done = {}\nfunction on_bar(m, b)\n  if done[m.symbol] then return end\n  done[m.symbol] = true\n  %s\nend\n' "$2" >"$1.lua"; }
cash='10000 USDT'

# Q31: what was refused is said by reason, and a warning where nothing filled
bars flat 100,100.5,99.5,100,1000 100,100.5,99.5,100,1000 100,100.5,99.5,100,1000 100,100.5,99.5,100,1000
cat >crossing.lua <<'LUA'
function on_bar(m, b) m:buy(1, { price = 101, post_only = true }) end
LUA
run crossing crossing.lua flat.csv --symbol A/USDT --cash "$cash" --report crossing.html
is Q31 crossing .refusals '[{"what":"rejected","reason":"POST_ONLY_WOULD_CROSS","rule":null,"count":3}]'
is Q31 crossing .warning '"NOTHING WAS FILLED: 5 requests, 3 rejected: POST_ONLY_WOULD_CROSS"'
for word in 'NOTHING WAS FILLED' '<h2>Refused</h2>' POST_ONLY_WOULD_CROSS; do
    grep -q "$word" crossing.html || say "Q31: the page has no '$word'"
done
"$outcry" backtest crossing.lua flat.csv --symbol A/USDT --cash "$cash" >crossing.txt 2>&1
grep -q 'NOTHING WAS FILLED: 5 requests' crossing.txt && grep -q '3  rejected  *POST_ONLY_WOULD_CROSS' crossing.txt || say "Q31: the text does not say why"
cat >refused.lua <<'LUA'
local count = 0
function on_bar(m, b)
  count = count + 1
  if count == 1 then m:buy(1) end
  if count == 2 then m:buy(5); m:sell(50) end
  if count == 3 then m:buy(1, { price = 99, tif = "FOK" }) end
end
LUA
run refused refused.lua flat.csv --symbol A/USDT --cash "$cash" --set risk.max_order_qty.limit=2 --session refused
is Q31 refused '[.warning, .trades.denied]' '[null,2]'
is Q31 refused '.refusals | map([.what, .reason, .rule, .count]) | sort' '[["denied","QUANTITY_ABOVE_LIMIT","max_order_qty",2],["ended by the venue","FILL_OR_KILL_NOT_FILLED",null,1]]'
"$outcry" report refused --json >said.json 2>said.err
is Q31 said .refusals "$(jq -c .refusals refused.json)"
"$outcry" report refused >said.txt 2>said.err
grep -q '2  denied  *QUANTITY_ABOVE_LIMIT by max_order_qty' said.txt || say "Q31: the text does not say which rule"
run refused refused.lua flat.csv --symbol A/USDT --cash "$cash" --set risk.max_order_qty.limit=2 --report refused.html
grep -q '<td class="left">QUANTITY_ABOVE_LIMIT</td><td class="left">max_order_qty</td>' refused.html || say "Q31: the page does not say which rule"

# Q32: by strategy and by symbol, and all of them in the title
cp flat.csv b.csv
once one 'm:buy(1)'
once two 'm:buy(2)'
run both one.lua two.lua flat.csv b.csv --cash "$cash" --fee taker=0.1% --session both --report both.html
is Q32 both '[.strategy, .symbol]' '["one, two","FLAT/USDT, B/USDT"]'
is Q32 both '.by_strategy | map([.name, .fills, .round_trips])' '[["one",4,2],["two",4,2]]'
is Q32 both '.by_symbol | map([.symbol, .fills, .round_trips])' '[["FLAT/USDT",4,2],["B/USDT",4,2]]'
is Q32 both '((.by_strategy | map(.net | tonumber) | add) - (.trades.net | tonumber) | fabs < 1e-9) and ((.by_symbol | map(.fees | tonumber) | add) - (.money.fees | tonumber) | fabs < 1e-9)' true
"$outcry" report both >said.txt 2>&1
for word in 'one, two' 'By strategy' 'By symbol'; do
    grep -q "$word" said.txt || say "Q32: the text has no '$word'"
    grep -q "$word" both.html || grep -q "$(echo "$word" | sed 's/.*/<h2>&/')" both.html || say "Q32: the page has no '$word'"
done

# Q34: of fewer than 30 days nothing is said of a year
run short "$root"/strategies/sma_cross.lua synthetic-bars:20160 --cash "$cash"
is Q34 short '[.risk.days, .risk.cagr, .risk.sharpe, .risk.sortino, .risk.volatility, .risk.calmar, .risk.probable_sharpe]' '[14,null,null,null,null,null,null]'
run nearly "$root"/strategies/sma_cross.lua synthetic-bars:41760 --cash "$cash"
is Q34 nearly '[.risk.days, .risk.cagr, .risk.sharpe]' '[29,null,null]'
run long "$root"/strategies/sma_cross.lua synthetic-bars:43200 --cash "$cash"
is Q34 long '[.risk.days, (.risk.cagr, .risk.sharpe, .risk.sortino, .risk.volatility, .risk.calmar | type)]' '[30,"number","number","number","number","number"]'

# Q4: a coarse grid is paid for once a side, and the report says what was paid (SIM-16)
bars coarse 0.00000812,0.00000812,0.00000812,0.00000812,100000000 0.00000812,0.00000812,0.00000812,0.00000812,100000000 0.00000812,0.00000812,0.00000812,0.00000812,100000000
once coarse 'm:buy(1000000)'
run coarse coarse.lua coarse.csv --symbol A/USDT --cash "$cash"
is Q4 coarse '[.trips[0].entry_price, .trips[0].exit_price] | map(. * 1e8 | round)' '[813,811]'
is Q4 coarse '[.money.spread_paid, (.money.spread_share * 1e6 | round)]' '["0.02",1232]'
# a step of 0.1 was inferred: half of 2 bps is paid as ten
run plain one.lua flat.csv --symbol A/USDT --cash "$cash"
is Q4 plain '[.trips[0].entry_price, .money.spread_paid, (.money.spread_share * 1e6 | round)]' '[100.1,"0.2",1000]'
run free one.lua flat.csv --symbol A/USDT --cash "$cash" --profile ideal
is Q4 free '[.trips[0].entry_price, .money.spread_paid]' '[100,"0"]'

# Q1, Q2, Q12: what a bar does not tell is decided against the account, and counted: bars, fills, trips and what rests on them
bare='--symbol A/USDT --spread 0 --latency 0 --set sim.paper.limit_fill=touch --set sim.paper.volume_cap=1'
bars q1 100,100,100,100,1000 100,105,95,104,1000 104,104,104,104,1000
once q1 'm:buy(1, { stop = 103, stop_loss = 102 })'
# shellcheck disable=SC2086
run q1 q1.lua q1.csv --cash "$cash" $bare
is Q1 q1 '[.trips[0].entry_price, .trips[0].exit_price, .trades.net]' '[103,102,"-1"]'
is Q12 q1 '.trades | [.ambiguous > 0, .ambiguous_bars, .ambiguous_trips, .ambiguous_net, .ambiguous_share]' '[true,1,1,"-1",null]'
bars q2 100,100,100,100,1000 100,105,95,100,1000 100,104.5,99,101,1000
once q2 'm:buy(1, { price = 96, take_profit = 104 })'
# shellcheck disable=SC2086
run q2 q2.lua q2.csv --cash "$cash" $bare
is Q2 q2 '[.trips[0].entry_price, .trips[0].exit_price, (.trips[0].entry < "2023-11-14T22:16" and .trips[0].exit > "2023-11-14T22:16"), .trades.net]' '[96,104,true,"8"]'
is Q12 q2 '.trades | [.ambiguous_bars, .ambiguous_trips, .ambiguous_share]' '[1,1,1]'
"$outcry" backtest q2.lua q2.csv --cash "$cash" --symbol A/USDT --spread 0 --latency 0 --set sim.paper.limit_fill=touch >said.txt 2>&1
tr -d '\n' <said.txt | tr -s ' ' | grep -q 'bars: 1; trips with such: +8.[0-9]*, 100.00 % of the net' || say "Q12: the text does not say what rests on it"
bars dead 100,101,99,100,0 100,101,99,100,0 100,101,99,100,0
run dead one.lua dead.csv --symbol A/USDT --cash "$cash"
is Q12 dead '[.trades.fills, .trades.unknown_volume > 0]' '[2,true]'

# Q27: shares of time, the last point of the curve and the last day are those of the last event, though the closing fill is later
once three 'm:buy(1)'
bars three 100,100,100,100,1000 100,100,100,100,1000 100,100,100,100,1000
run three three.lua three.csv --symbol A/USDT --cash "$cash"
is Q27 three '[(.trades.exposure * 1e4 | round), (.curve | length), (.curve | map(.[0]) | unique | length), .curve[-1][1] == .money.final]' '[6667,3,3,true]'
awk 'BEGIN { print "time,open,high,low,close,volume"
    for (i = 0; i < 1440; i++) printf "%d,100,100,100,100,1000\n", 1706659200 + i * 60 }' >midnight.csv
run midnight three.lua midnight.csv --symbol A/USDT --cash "$cash" --report midnight.html
is Q27 midnight '[.risk.days, .to, (.days | length), .trades.closed_by_end]' '[1,"2024-02-01T00:00:00Z",1,1]'
grep -q '<tr><th>2024</th><td class="[a-z0-9]*">[-+0-9.]*</td><td></td>' midnight.html || say "Q27: a month of no bar stands in the page"

# Q35: a line that comes again with each bar is folded: its counts grow, and add up
printf 'function on_bar(m, b) log.warn("the same") end\n' >chatty.lua
"$outcry" backtest chatty.lua synthetic-bars:1000 --cash "$cash" --json 2>&1 >/dev/null | grep -c . >lines
"$outcry" backtest chatty.lua synthetic-bars:1000 --cash "$cash" --json 2>&1 >/dev/null |
    awk '/the same/ { all++ } /the last line again/ { for (i = 1; i < NF; i++) if ($i == "again,") all += $(i + 1) } END { print all }' >all
[ "$(cat lines)" -le 12 ] && [ "$(cat all)" = 1000 ] || say "Q35: 1000 equal lines in $(cat lines), which count $(cat all)"

# refuses ID WORDS ARGUMENTS...: a backtest that does not begin, and says why
refuses() {
    id=$1
    words=$2
    shift 2
    "$outcry" backtest "$@" >said.txt 2>&1 && say "$id: $* was taken"
    grep -qF -- "$words" said.txt || { say "$id: '$words' is not in:"; head -3 said.txt; }
}
# notes ID WORDS ARGUMENTS...: a backtest that says so
notes() {
    id=$1
    words=$2
    shift 2
    "$outcry" backtest "$@" >said.txt 2>&1 || say "$id: $*: it failed"
    tr -d '\n' <said.txt | tr -s ' ' | grep -qF -- "$words" || { say "$id: '$words' is not in:"; head -30 said.txt; }
}

# Q8: equity is never a smaller number for want of a rate
refuses Q8 'no market of the data leads from USD to EUR' idle.lua flat.csv --symbol A/USD --cash '1000 EUR, 20000 USD'
refuses Q8 'no market of the data leads from EUR to USD' idle.lua flat.csv --symbol A/USD --cash '20000 USD, 1000 EUR'

# Q9: data that changed are not those of the session: replay, report and restart say so
bars data 100,100.5,99.5,100,1000 100,100.5,99.5,100,1000 100,100.5,99.5,100,1000 100,100.5,99.5,100,1000
cp data.csv data.kept
going="paper one.lua --feed replay:data.csv --symbol A/USDT --session going --quiet"
# shellcheck disable=SC2086
"$outcry" $going --cash "$cash" 2>said.err || say "Q9: the session: $(cat said.err)"
for change in '4s/,1000$/,1001/' '3s/100.5/100.6/'; do
    sed "$change" data.kept >data.csv
    "$outcry" replay going >said.txt 2>&1 && say "Q9: the replay on other data agrees ($change)"
    grep -q 'NOT those that it was recorded with' said.txt || say "Q9: the replay does not say it ($change)"
    "$outcry" report going --json 2>/dev/null | jq -r '.notes[]' | grep -q '^prices: the data are' || say "Q9: the report does not say it ($change)"
    # shellcheck disable=SC2086
    "$outcry" $going --cash "$cash" >said.txt 2>&1 && say "Q9: it goes on with other data ($change)"
    grep -q 'events are not those that the session ran on' said.txt || { say "Q9: going on does not say it ($change)"; cat said.txt; }
done
{ cat data.kept; echo 1700000280000,100,100.5,99.5,100,1000; } >data.csv
# shellcheck disable=SC2086
"$outcry" $going --cash "$cash" >said.txt 2>&1 || say "Q9: data that have grown are refused: $(cat said.txt)"

# Q23: times that are no times are refused with what to say; dates in parts are read
table() { # NAME HEADER ROW...: prices of each row are added
    name=$1
    echo "$2,open,high,low,close,volume" >"$name.csv"
    shift 2
    for row in "$@"; do echo "$row,100,101,99,100,5" >>"$name.csv"; done
}
on="--symbol A/USDT --cash"
table excel date 44927 44928 44929
# shellcheck disable=SC2086
{
    refuses Q23 'as a day of a spreadsheet it is 2023-01-01: state unit=excel' idle.lua excel.csv $on "$cash"
    notes Q23 '2023-01-02 00:00 to 2023-01-04 00:00 UTC' idle.lua excel.csv $on "$cash" --data unit=excel
    table index time 0 1 2
    refuses Q23 'is it an index?' idle.lua index.csv $on "$cash"
    table parts year,month,day 2023,1,2 2023,1,3 2023,1,4
    notes Q23 '2023-01-03 00:00 to 2023-01-05 00:00 UTC' idle.lua parts.csv $on "$cash"
    table clock '<DTYYYYMMDD>,<TIME>' 20010102,230100 20010102,230200 20010102,230300
    notes Q23 '2001-01-02 23:02 to 2001-01-02 23:04 UTC' idle.lua clock.csv $on "$cash"
    table future time 4102444800 4102444860
    refuses Q23 'expected a time from 1980 to tomorrow' idle.lua future.csv $on "$cash"
    # Q24: a close that is named Price or Last
    for close in Price Last Close/Last; do
        printf 'Date,%s,Open,High,Low,Vol.\n2023-01-02,100,99,101,98,5\n2023-01-03,100,99,101,98,5\n' "$close" >named.csv
        notes Q24 "time=Date close=$close open=Open high=High low=Low volume=Vol." idle.lua named.csv $on "$cash"
    done
    # Q25: of two volumes the base's
    printf 'date,open,high,low,close,Volume USDT,Volume BTC\n2023-01-02,100,101,99,100,500,5\n2023-01-03,100,101,99,100,500,5\n' >volumes.csv
    notes Q25 'volume=Volume BTC' idle.lua volumes.csv --symbol BTC/USDT --cash "$cash"
    notes Q25 'columns not used: Volume USDT' idle.lua volumes.csv --symbol BTC/USDT --cash "$cash"
    # Q28: a symbol that was said is not one of the file's name; the line of buy and hold is named, and knows rates
    cp flat.csv bitcoin.csv
    notes Q28 'symbol: BTC/USDT (stated)' idle.lua bitcoin.csv --symbol BTC/USDT --cash "$cash"
}
bars btceur 100,100,100,100,1000 100,110,100,110,1000 110,110,110,110,1000
bars eurusd 1.1,1.1,1.1,1.1,1000 1.1,1.2,1.1,1.2,1000 1.2,1.2,1.2,1.2,1000
run rates idle.lua btceur.csv eurusd.csv --cash '11000 USD, 0.0001 EUR' --report rates.html
is Q28 rates '[.symbol, .money.buy_and_hold_symbol, (.money.buy_and_hold_return * 1e4 | round)]' '["BTC/EUR, EUR/USD","BTC/EUR",2000]'
grep -q 'held in BTC/EUR' rates.html && grep -q 'buy and hold 13,200' rates.html || say "Q28: the page's line of buy and hold is another"

# Q37: what was denied before a kill is counted behind it
cat >deny.lua <<'LUA'
function on_bar(m, b) m:buy(1) m:sell(1) end
LUA
denied="paper deny.lua --feed synthetic-bars:20000 --listen none --set risk.max_order_qty.limit=0.5 --session denied"
# shellcheck disable=SC2086
"$outcry" $denied --cash "$cash" --speed 30000x >said.txt 2>&1 &
pid=$!
until [ "$("$outcry" report denied --json 2>/dev/null | jq .trades.denied)" -gt 100 ] 2>/dev/null; do
    kill -0 $pid 2>/dev/null || { say "Q37: it ended before it was killed"; cat said.txt; break; }
    sleep 0.05
done
kill -9 $pid
wait $pid 2>/dev/null
# shellcheck disable=SC2086
"$outcry" $denied --cash "$cash" --json >denied.json 2>denied.err
is Q37 denied '[.trades.requests, .trades.denied, .refusals]' '[0,40000,[{"what":"denied","reason":"QUANTITY_ABOVE_LIMIT","rule":"max_order_qty","count":40000}]]'

# Q39: what was filled before the end of the data is told, however late; its records and its replay say the same
bars quiet 100,100,100,100,1000 100,100,100,100,1000 100,100,100,100,1000
printf 'local n = 0\nfunction on_bar(m, b) n = n + 1 if n == 2 then m:buy(1) end end\n' >second.lua
for latency in 0 5ms 40s 59s 61s; do
    rm -rf late
    run late second.lua quiet.csv --symbol A/USDT --cash "$cash" --latency $latency --end hold --session late
    [ $latency = 61s ] && wanted='[0,0]' || wanted='[1,1]'
    is "Q39, $latency" late '[.trades.fills, .trades.open]' "$wanted"
    "$outcry" replay late >said.txt 2>&1 || say "Q39, $latency: its replay differs"
    "$outcry" report late --json >said.json 2>said.err
    is "Q39, $latency" said 'del(.speed, .trades.fills_before_restart)' "$(jq -c 'del(.speed, .trades.fills_before_restart)' late.json)"
done

# Q36: quantities beyond what 63 bits of 1e-8 hold are read, by a coarser step that the report names
printf 'time,open,high,low,close,volume\n' >shib.csv
for minute in 0 1 2 3; do echo "$((1609459200000 + minute * 60000)),0.00001,0.00002,0.000009,0.000012,123456789012345.5"; done >>shib.csv
printf 'function on_bar(m, b) if m.position.qty == 0 and not m:busy() then m:buy(20000000) end end\n' >shib.lua
run shib shib.lua shib.csv --symbol SHIB/USDT --cash "$cash"
is "Q36" shib '.trades.fills >= 1 and any(.. | strings; test("quantity step: 0.001"))' true

# A4: a replay draws from the seed that the session was run with, whatever the settings say now
printf 'function on_bar(m, b)\n  if m:busy() or math.random() > 0.2 then return end\n  if m.position.qty == 0 then m:buy(0.01) else m:close() end\nend\n' >dice.lua
for seed in 7 8; do
    rm -rf dice
    run dice$seed dice.lua synthetic-bars:400 --cash "$cash" --set session.seed=$seed --session dice
    "$outcry" replay dice >said.txt 2>&1 || { say "A4: a replay with seed $seed differs:"; tail -2 said.txt; }
done
[ "$(jq -r .hashes.orders dice7.json)" != "$(jq -r .hashes.orders dice8.json)" ] || say "A4: the seed changes nothing"

# U14: in a console of a session that was gone on with, `fills` are those of all of it, and whose they are
cp "$root/strategies/sma_cross.lua" .
"$outcry" paper sma_cross.lua --feed synthetic-bars:600 --cash "$cash" --session again --quiet --end hold 2>said.err
HOME=$work XDG_RUNTIME_DIR=$work
export HOME XDG_RUNTIME_DIR
printf 'fills\nprint("rows", #fills(), fills()[1].strategy, fills()[1].side)\n' |
    "$outcry" console sma_cross.lua --feed synthetic-bars:1200 --paused --cash "$cash" --session again >said.txt 2>&1
"$outcry" report again --json >again.json
wanted=$(jq -r '.trades.fills' again.json)
grep -qE "^rows[[:space:]]+$wanted[[:space:]]+sma_cross[[:space:]]+(BUY|SELL)" said.txt && [ "$wanted" -gt 4 ] ||
    { say "U14: not the $wanted fills of the session:"; tail -3 said.txt; }

[ $bad = 0 ] && echo "findings: as they should be"
exit $bad
