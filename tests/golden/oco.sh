#!/bin/sh
# oco.sh OUTCRY: two orders of which one cancels the other, in one bar that reaches both: one of them is filled under each profile, or a part of each
# that makes no more than one; a session that was killed behind each record goes on with them; replays agree.
set -u
outcry=$(realpath "$1")
w=$(mktemp -d)
trap 'rm -rf "$w"' EXIT
export HOME="$w" LC_ALL=C.UTF-8 OUTCRY__RESEARCH__CHECKS=no OUTCRY__RESEARCH__TRIALS=no
cd "$w" || exit 1
bad=0
bars() { # O,H,L,C,V...: one each five minutes
    echo timestamp,open,high,low,close,volume >BTC-USDT.csv
    at=1700000100
    for row in 100,100,100,100,1000 "$@"; do
        echo "$at,$row" >>BTC-USDT.csv
        at=$((at + 300))
    done
}
case_of() { # NAME EXPECTED ACTION OPTIONS...: what each order came to, by side and type
    name=$1 expected=$2 action=$3
    shift 3
    cat >case.lua <<LUA
strategy { name = "case" }
function on_bar(m, b)
  if state.done then return end
  state.done = true
  $action
end
LUA
    rm -rf s csv
    "$outcry" backtest case.lua BTC-USDT.csv --cash '1000000 USDT' --spread 0 --latency 0 --limit-fill touch --end hold --allow-short \
        --data 'price_step=0.01;qty_step=1' --session s --csv csv "$@" >out 2>&1 || { echo "$name: the run failed"; tail -n 5 out; bad=1; return; }
    found=$(tail -n +2 csv/orders.csv | awk -F , '{ printf "%s %s %s %s;", $6, $7, $12, $13 }')
    [ "$found" = "$expected" ] || { echo "$name: $found"; echo "  expected $expected"; bad=1; }
    "$outcry" replay s --diff >said 2>&1 || { echo "$name: its replay differs"; cat said; bad=1; }
}
either='local a = m:buy(10, { stop = 103 }) m:sell(10, { stop = 97, oco = a })'
dip='local a = m:buy(10, { stop = 103 }) m:buy(10, { price = 97, oco = a })'
bars 100,105,95,101,5000 101,101,101,101,5000
for profile in pessimistic neutral ideal optimistic; do
    case_of "either way, $profile" "$(case $profile in optimistic) echo 'buy stop FILLED 10;sell stop CANCELED 0;' ;; *) echo 'buy stop CANCELED 0;sell stop FILLED 10;' ;; esac)" "$either" --profile $profile
done
bars 100,105,95,101,50 101,101,101,101,50
case_of 'a part of each' 'buy stop FILLED 5;buy limit CANCELED 5;' "$dip" --volume-cap 0.1 --profile optimistic
bars 100,102,96,101,5000 101,104,101,104,5000
case_of 'the first bar reaches one alone' 'buy stop CANCELED 0;buy limit FILLED 10;' "$dip"
bars 100,101,99,100,5000 100,101,99,100,5000
case_of 'neither' 'buy stop ACCEPTED 0;buy limit ACCEPTED 0;' "$dip"
bars 100,105,95,101,5000 101,101,101,101,5000
case_of 'three' 'buy stop FILLED 10;buy limit CANCELED 0;sell stop CANCELED 0;' "$dip m:sell(10, { stop = 95.5, oco = a })"
case_of 'refused: another quantity' 'buy stop FILLED 10;sell stop DENIED 0;' 'local a = m:buy(10, { stop = 103 }) m:sell(9, { stop = 97, oco = a })'
grep -q 'OCO_QUANTITY_DIFFERS' csv/orders.csv || { echo "why it was refused is not said"; bad=1; }
[ $bad = 0 ] && echo "one cancels the other"
exit $bad
