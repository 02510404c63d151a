#!/bin/sh
# bars.sh OUTCRY: bars of the formula sheet (7.6) through the whole host: a strategy's text and a file in, fills and the times at
# which they are told out; and each session replays to the byte.
set -u
outcry=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
bad=0

# Minutes from 2024-01-01; a line is open,high,low,close,volume, the volume 1000 where it is not given.
file() {
    echo "timestamp,open,high,low,close,volume" >BTC-USDT.csv
    at=1704067200
    for line in "$@"; do
        case $line in *,*,*,*,*) ;; *) line=$line,1000 ;; esac
        echo "$at,$line" >>BTC-USDT.csv
        at=$((at + 60))
    done
}

# case NAME EXPECTED ACTION OPTIONS...: ACTION is done on the first bar. What is told is `SECONDS SIDE QTY PRICE` behind 2024-01-01.
case_of() {
    name=$1 expected=$2 action=$3
    shift 3
    cat >case.lua <<LUA
strategy { name = "case" }
done = false
function tell(word, m, f)
  print(string.format("told %d %s %g %.2f", (now() - 1704067200 * 1000000000) // 1000000, word, f.qty, f.price))
end
function on_fill(m, f) tell(f.side, m, f) if react then react(m, f) end end
function on_order(m, o) if heard then heard(m, o) end end
function on_bar(m, b)
  print(string.format("told %d bar holds %g", (now() - 1704067200 * 1000000000) // 1000000, m.position.qty))
  if done then return end
  done = true
  $action
end
LUA
    rm -rf session
    "$outcry" backtest case.lua BTC-USDT.csv --cash '1000000 USDT' --spread 0 --volume-cap 0 --latency 0 --limit-fill touch --end hold \
        --allow-short --data 'price_step=0.01;qty_step=0.001' --session session "$@" >out 2>err ||
        { echo "$name: the run failed"; tail -n 5 out err; bad=1; return; }
    cat out err | grep -o 'told .*' | sed 's/^told //' | tr '\n' ';' >found
    if [ "$(cat found)" != "$expected" ]; then
        echo "$name: $(cat found)"
        echo "  expected $expected"
        bad=1
    fi
    "$outcry" replay session --diff >replay 2>&1 || { echo "$name: its replay differs"; cat replay; bad=1; }
}

file 100,100,100,100 100,105,95,104 104,104,104,104
case_of SIM-11 "60000 bar holds 0;120000 buy 1 103.00;120000 sell 1 102.00;120000 bar holds 0;180000 bar holds 0;" \
    'm:buy(1, { stop = 103, stop_loss = 102 })'
case_of SIM-11-far "60000 bar holds 0;120000 buy 1 103.00;120000 bar holds 1;180000 bar holds 1;" \
    'm:buy(1, { stop = 103, stop_loss = 94 })'
case_of SIM-21 "60000 bar holds 0;120000 buy 1 103.00;120000 sell 1 102.00;120000 bar holds 0;180000 bar holds 0;" \
    'm:buy(1, { stop = 103, stop_loss = 102 })' --latency 5ms
file 100,100,100,100 100,105,95,100 100,104.5,99,101
case_of SIM-12 "60000 bar holds 0;120000 buy 1 96.00;120000 bar holds 1;180000 sell 1 104.00;180000 bar holds 0;" \
    'm:buy(1, { price = 96, take_profit = 104 })'
case_of SIM-12-optimistic "60000 bar holds 0;120000 buy 1 96.00;120000 sell 1 104.00;120000 bar holds 0;180000 bar holds 0;" \
    'm:buy(1, { price = 96, take_profit = 104 })' --profile optimistic
case_of SIM-13 "60000 bar holds 0;120000 buy 1 96.00;120000 sell 1 95.50;120000 bar holds 0;180000 bar holds 0;" \
    'm:buy(1, { price = 96, stop_loss = 95.5, take_profit = 104 })'
case_of SIM-18 "60000 bar holds 0;60000 buy 1 100.00;120000 sell 1 95.00;120000 bar holds 0;180000 bar holds 0;" \
    'm:buy(1) after("30s", function() m:close() end)'
case_of SIM-19 "60000 bar holds 0;120000 sell 1 99.99;120000 buy 1 100.01;120000 bar holds 0;120000 buy 3 100.00;180000 bar holds 3;" \
    'm:buy(1, { stop = 100.01 }) m:sell(1, { stop = 99.99 })
  react = function(m, f) if f.qty == 1 and f.side == "buy" then m:buy(3) end end'
case_of inside-knows-nothing "60000 bar holds 0;90000 timer 0;120000 sell 1 99.99;120000 bar holds -1;180000 bar holds -1;" \
    'm:sell(1, { stop = 99.99 }) after("30s", function() print("told 90000 timer " .. string.format("%g", m.position.qty)) end)'
file 100,100,100,100,0 100,100,100,100,0 100,100,100,100,0 100,100,100,100,5 100,100,100,100,0 100,100,100,100,10
case_of SIM-20 "60000 bar holds 0;120000 bar holds 0;180000 bar holds 0;180000 buy 0.5 100.00;240000 bar holds 0.5;300000 bar holds 0.5;300000 buy 1 100.00;360000 bar holds 1.5;" \
    'm:buy(3)' --volume-cap 0.1
file 100,100,100,100,0 100,100,100,100,0 100,100,100,100,0
case_of SIM-20-unknown "60000 bar holds 0;60000 buy 3 100.00;120000 bar holds 3;180000 bar holds 3;" 'm:buy(3)' --volume-cap 0.1
file 100,100,100,100 100,106,99,105 105,105,105,105
case_of SIM-25 "60000 bar holds 0;120000 buy 1 103.00;120000 sell 1 102.00;120000 bar holds 0;180000 bar holds 0;" \
    'm:buy(1, { stop = 103, stop_loss = 102, take_profit = 106 })'

# What the second simulator (tests/sim) found.
file 100,100,100,100 100.55,101.57,99.42,100.95 100.95,100.95,100.95,100.95
case_of stop-limit-that-comes-late "60000 bar holds 0;120000 buy 1 100.33;120000 bar holds 1;180000 bar holds 1;" \
    'm:buy(1, { stop = 100.46, price = 100.33 })' --latency 5ms
file 101.58,101.58,101.58,101.58 100.41,104.06,98.30,100.41 100.41,100.41,100.41,100.41
case_of forced-stop-before-its-target "60000 bar holds 0;120000 sell 1 101.35;120000 buy 1 101.61;120000 bar holds 0;180000 bar holds 0;" \
    'm:sell(1, { price = 101.35, stop_loss = 101.61, take_profit = 101.56 })' --latency 5ms
file 99,99,99,99 99,99,98,98 99.40,99.42,99.36,99.38
case_of leg-at-the-open "60000 bar holds 0;120000 bar holds 0;120000 sell 1 99.36;180000 buy 1 99.37;180000 bar holds 0;" \
    'm:sell(1, { price = 99.36, stop_loss = 99.37 })'
file 100,100,100,100 100,100,100,100 101,101,101,101 101,101,101,101
case_of post-only-that-is-moved "60000 bar holds 0;120000 bar holds 0;180000 bar holds 0;240000 bar holds 0;" \
    'local o = m:sell(1, { price = 102, post_only = true }) after("60s", function() o:replace { price = 100.5 } end)'
file 102,102,102,102,100 102,102,101,102,4 102,103,99,100,11 98,98,98,98,100 98,98,98,98,100
case_of rest-of-a-leg "60000 bar holds 0;120000 buy 0.4 101.00;120000 bar holds 0.4;180000 buy 0.7 101.00;180000 sell 0.4 100.00;180000 bar holds 0.7;180005 sell 0.7 98.00;180005 buy 1.9 101.00;240000 sell 1.9 100.00;240000 bar holds 0;300000 bar holds 0;" \
    'm:buy(3, { price = 101, stop_loss = 100 })' --latency 5ms --volume-cap 0.1
file 100,100,100,100 100,108,95,101
case_of Q39-fill-behind-the-end-of-the-data "60000 bar holds 0;120000 bar holds 0;140000 buy 1 108.00;" 'm:buy(1)' --latency 40s
file 99.46,99.46,99.46,99.46 99.46,99.48,99.45,99.48
case_of leg-of-a-fill-at-the-time-of-the-open "60000 bar holds 0;120000 buy 1 99.47;accepted;120000 sell 1 99.47;120000 bar holds 0;" \
    'heard = function(m, o) if o.role == "take_profit" and o.state == "ACCEPTED" then print("told accepted") end end
  m:buy(1, { price = 99.47, take_profit = 99.47, post_only = true })' --spread 20bps
# Minutes that begin 20 s past the minute make one longer bar a period, whole: it waits for the minute that holds its end. Where they
# change their step (10 s past, from the twelfth on) what is open is closed first.
echo "timestamp,open,high,low,close,volume" >BTC-USDT.csv
for i in $(seq 0 22); do
    at=$((1704067220 + 60 * i + (i > 10) * 50))
    echo "$at,$((100 + i)),$((100 + i)),$((100 + i)),$((100 + i)),1" >>BTC-USDT.csv
done
cat >phase.lua <<'LUA'
local first = 1704067200 * 1000000000
function on_init(m) m.five = m:bars("5m") end
function on_bar(m, b)
  if m.five.count == (m.seen or 0) then return end
  m.seen = m.five.count
  local long = m.five[1]
  print(string.format("told %d %d %d-%d %d", (now() - first) // 1000000000, (long.open_time - first) // 1000000000, long.open, long.close, long.volume))
end
LUA
wanted="320 0 100-104 5;620 300 105-109 5;910 600 110-113 4;1210 900 114-118 5;"
rm -rf session
"$outcry" backtest phase.lua BTC-USDT.csv --cash '100 USDT' --session session >out 2>err || { cat err; bad=1; }
cat out err | grep -o 'told .*' | sed 's/^told //' | tr '\n' ';' >found
[ "$(cat found)" = "$wanted" ] || { echo "minutes 20 s past: $(cat found)"; bad=1; }
"$outcry" replay session --diff >replay 2>&1 || { echo "minutes 20 s past: the replay differs"; cat replay; bad=1; }
[ $bad = 0 ] && echo "bars come to what the sheet says, through the whole host"
exit $bad
