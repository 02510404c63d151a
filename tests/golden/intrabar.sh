#!/bin/sh
# intrabar.sh OUTCRY: --intrabar FILE: finer data decide what bars cannot (formula sheet 7.6, rule 1). Bars of five minutes and what their
# minutes, trades and quotes say of the inside; what they do not come to is as without them; told at the close all the same; a
# session replays to the byte, and not on other finer data.
set -u
outcry=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
bad=0
base=1704067200

# rows FILE HEADER STEP LINE...: a row every STEP seconds from the second bar on, behind one of 100.
rows() {
    file=$1 step=$3 at=$((base + 300))
    echo "$2" >"$file"
    shift 3
    for line in "$@"; do
        [ "$line" = - ] || echo "$at,$line" >>"$file"
        at=$((at + step))
    done
}
bars() { rows BTC-USDT.csv timestamp,open,high,low,close,volume 300 "$@"; sed -i "1a$base,100,100,100,100,1000" BTC-USDT.csv; }
minutes() { rows fine.csv timestamp,open,high,low,close 60 "$@"; }
trades() { rows fine.csv timestamp,price,quantity 50 "$@"; }

# case NAME EXPECTED ACTION OPTIONS...: ACTION is done on the first bar; told are `SECONDS SIDE PRICE AT` behind the second bar's open.
case_of() {
    name=$1 expected=$2 action=$3
    shift 3
    cat >case.lua <<LUA
strategy { name = "case" }
local base <const> = ($base + 300) * 1000000000
function on_fill(m, f)
  print(string.format("told %d %s %.2f %d", (now() - base) // 1000000000, f.side, f.price, (f.time - base) // 1000000000))
end
done = false
function on_bar(m, b)
  if done then return end
  done = true
  $action
end
LUA
    rm -rf session
    "$outcry" backtest case.lua BTC-USDT.csv --cash '1000000 USDT' --spread 0 --volume-cap 0 --latency 0 --limit-fill touch --end hold \
        --allow-short --data 'price_step=0.01;qty_step=0.001' --json --session session "$@" >out 2>err ||
        { echo "$name: the run failed"; tail -n 5 out err; bad=1; return; }
    found=$(cat err | grep -o 'told .*' | sed 's/^told //' | tr '\n' ';')$(sed -n 's/^ *"ambiguous": *\([0-9]*\).*/\1/p' out | head -n 1)
    if [ "$found" != "$expected" ]; then
        echo "$name: $found"
        echo "  expected $expected"
        bad=1
    fi
    "$outcry" replay session --diff >replay 2>&1 || { echo "$name: its replay differs"; cat replay; bad=1; }
}

# A stop and a target, both in the range: the bar alone says the stop, and cannot know.
holds='m:buy(1, { stop_loss = 98, take_profit = 103 })'
bars 100,105,97,101,5000
minutes 100,101,99,101 101,105,101,104 104,104,99,99 99,99,97,98 98,101,98,101
case_of bar-alone "0 buy 100.00 0;300 sell 98.00 66;1" "$holds"
case_of target-first "0 buy 100.00 0;300 sell 103.00 90;0" "$holds" --intrabar fine.csv
case_of target-first-optimistic "0 buy 100.00 0;300 sell 103.00 90;0" "$holds" --intrabar fine.csv --profile optimistic
minutes 100,101,99,99 99,99,97,98 98,104,98,104 104,105,101,101 101,101,101,101
case_of stop-first "0 buy 100.00 0;300 sell 98.00 70;0" "$holds" --intrabar fine.csv
# Both in one minute: that one is judged as bars are, and counted.
minutes 100,101,99,100 100,105,97,100 100,101,99,101 101,101,101,101 101,101,101,101
case_of both-in-one-minute "0 buy 100.00 0;300 sell 98.00 73;1" "$holds" --intrabar fine.csv
case_of both-in-one-minute-optimistic "0 buy 100.00 0;300 sell 103.00 72;1" "$holds" --intrabar fine.csv --profile optimistic
# A minute that is missing had no trades; minutes that do not come to the bar decide nothing.
minutes 100,101,99,101 101,105,101,104 - 99,99,97,98 98,101,98,101
case_of a-minute-without-trades "0 buy 100.00 0;300 sell 103.00 90;0" "$holds" --intrabar fine.csv
grep -q 'finer data decided 1 of 2' out || { echo "a-minute-without-trades: not counted"; grep decided out; bad=1; }
minutes 100,101,99,101 101,104,101,104 104,104,99,99 99,99,97,98 98,101,98,101
case_of not-the-same-high "0 buy 100.00 0;300 sell 98.00 66;1" "$holds" --intrabar fine.csv
grep -q 'finer data decided 0 of 2' out || { echo "not-the-same-high: not counted"; grep decided out; bad=1; }
# A gap between two minutes: a stop pays where they go on, a limit its own price.
minutes 100,101,99,99 97,97,97,97 98,104,98,104 104,105,101,101 101,101,101,101
case_of stop-in-a-gap "0 buy 100.00 0;300 sell 97.00 60;0" "$holds" --intrabar fine.csv
minutes 100,101,99,101 105,105,103.5,104 104,104,99,99 99,99,97,98 98,101,98,101
case_of target-in-a-gap "0 buy 100.00 0;300 sell 103.00 60;0" "$holds" --intrabar fine.csv
# An entry and its stop: the minute that fills it takes a stop in its range, the bar alone one in its own.
enters() { echo "m:buy(1, { stop = 103, stop_loss = $1 })"; }
bars 100,105,97,104,5000
minutes 100,100,97,98 98,102,98,102 102,105,102,105 105,105,103,103 103,104,103,104
case_of stop-in-the-minute "300 buy 103.00 146;300 sell 102.50 146;2" "$(enters 102.5)" --intrabar fine.csv
case_of stop-before-the-minute "300 buy 103.00 146;0" "$(enters 101.9)" --intrabar fine.csv
case_of stop-before-the-minute-alone "300 buy 103.00 175;300 sell 101.90 175;2" "$(enters 101.9)"
case_of stop-in-the-minute-optimistic "300 buy 103.00 146;1" "$(enters 102.5)" --intrabar fine.csv --profile optimistic
# A market order by a timer pays the minute of its arrival, its worse extreme from a third on; what rests is good from the next minute.
case_of market-by-a-timer "300 buy 105.00 150;0" 'after("150s", function() m:buy(1) end)' --intrabar fine.csv
case_of market-early-in-a-minute "300 buy 100.00 70;0" 'after("70s", function() m:buy(1) end)' --intrabar fine.csv
case_of limit-by-a-timer "300 buy 103.00 200;0" 'after("130s", function() m:buy(1, { price = 103 }) end)' --intrabar fine.csv
case_of stop-by-a-timer "300 buy 104.00 153;0" 'after("70s", function() m:buy(1, { stop = 104 }) end)' --intrabar fine.csv
# Trades: a stop pays the trade that passes it, a limit its price; between two, a market order pays the worse.
bars 100,105,97,101,5000
trades 100,1 102,1 105,1 97.5,1 97,1 101,1
case_of trades-target-first "0 buy 100.00 0;300 sell 103.00 100;0" "$holds" --intrabar fine.csv
trades 100,1 97.5,1 97,1 102,1 105,1 101,1
case_of trades-stop-first "0 buy 100.00 0;300 sell 97.50 50;0" "$holds" --intrabar fine.csv
case_of trades-market "300 buy 102.00 120;0" 'after("120s", function() m:buy(1) end)' --intrabar fine.csv
case_of trades-market-sell "300 sell 97.00 120;0" 'after("120s", function() m:sell(1) end)' --intrabar fine.csv
# An entry's stop is passed by the very next trade; both are told at the close.
case_of trades-entry-and-stop "300 sell 97.50 50;300 buy 102.00 150;0" 'm:sell(1, { stop = 98, stop_loss = 99 })' --intrabar fine.csv
# Other finer data than those that were recorded: a replay says so.
trades 100,1 98,1 97,1 102,1 105,1 101,1
if "$outcry" replay session --diff >replay 2>&1; then echo "other finer data: the replay said nothing"; bad=1; fi
grep -q 'not those that the session was recorded with' replay || { echo "other finer data:"; cat replay; bad=1; }
# Bars of quotes, and the quotes inside.
{ echo timestamp,bid_open,bid_high,bid_low,bid_close,ask_open,ask_high,ask_low,ask_close
  echo $base,100,100,100,100,100.1,100.1,100.1,100.1
  echo $((base + 300)),100,105,97,101,100.1,105.1,97.1,101.1; } >BTC-USDT.csv
rows fine.csv timestamp,bid,ask 50 100,100.1 102,102.1 105,105.1 97.5,97.6 97,97.1 101,101.1
case_of quotes "0 buy 100.10 0;300 sell 103.00 100;0" "$holds" --intrabar fine.csv
case_of quotes-alone "0 buy 100.10 0;300 sell 98.00 66;1" "$holds"
# What cannot decide is refused.
refused() { # WORDS OPTIONS...
    words=$1
    shift
    if "$outcry" backtest case.lua BTC-USDT.csv --cash '1000 USDT' "$@" >out 2>&1 || ! grep -q "$words" out; then
        echo "not refused with '$words':"; tail -n 3 out; bad=1
    fi
}
trades 100,1 105,1
refused "found 'data that are not finer, or quotes of trades'" --intrabar fine.csv
bars 100,105,97,101,5000
refused "found 'data that are not finer" --intrabar BTC-USDT.csv
refused 'No such file' --intrabar none.csv
refused 'takes no finer data' --intrabar fine.csv --plugin next="$(dirname "$outcry")/sdk/examples/nextopen.so" --set sim.paper.plugin=org.example.nextopen
# Data of before 1970 are as good as others: the same bars of the same weekdays, 28 years later make the same money.
for year in 1962 1990; do
    echo Date,Open,High,Low,Close,Volume >"y$year.csv"
    awk -v year=$year 'BEGIN { price = 100; for (day = 0; day < 300; day++) { step = day * 7 % 5 - 2 + (day % 40 < 20 ? 0.6 : -0.6); close_ = price + step
        printf "%d-%02d-%02d,%.2f,%.2f,%.2f,%.2f,1000\n", year + int(day / 300), int(day / 25) + 1, day % 25 + 1, price, (price > close_ ? price : close_) + 0.5,
            (price < close_ ? price : close_) - 0.5, close_; price = close_ } }' >>"y$year.csv"
    cat >old.lua <<'LUA'
strategy { name = "old" }
function on_bar(m, b)
  if m.position.qty ~= 0 then m:close() else m:buy(1, { stop_loss = b.close - 1, take_profit = b.close + 2 }) m:buy(1, { price = b.close - 1 }) end
end
LUA
    "$outcry" backtest old.lua "y$year.csv" --symbol XYZ/USD --cash '10000 USD' --data allow_any_time=yes --json >"y$year.out" 2>err || { cat err; bad=1; }
    grep -m 2 '"final"\|"fills"' "y$year.out" >"y$year.money"
done
grep -q '"fills": [1-9]' y1962.money || { echo "nothing was traded in 1962: $(cat y1962.money)"; bad=1; }
cmp -s y1962.money y1990.money || { echo "1962 differs from 1990: $(cat y1962.money y1990.money)"; bad=1; }
[ $bad = 0 ] && echo "finer data decide what bars cannot"
exit $bad
