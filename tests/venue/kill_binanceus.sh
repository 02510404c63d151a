#!/bin/sh
# kill_binanceus.sh OUTCRY_VENUE OUTCRY: `outcry kill` without the host at the face `binanceus`: by one message where all orders of a market are to go,
# by single cancels where one of them is to stay.
every=200ms # its prices move
face=binanceus
. "$(dirname "$0")/face_kit.sh"
go() {
    "$outcry" run --venue binanceus --config main.conf --cash '1000 USD' --session hung --listen "$w/socket" --json >out.json 2>host.log &
    host=$!
    until_ sh -c "'$outcry' status --json | jq -e '.[0].host == \"answers\" and (.[0].venues[0].compared // 0) > 0 and .[0].status.last != null'" >/dev/null
}
console() { printf '%s\n' "$@" | "$outcry" console --attach "$w/socket" --trade 2>&1; }
is_open() { # COUNT
    tell orders
    sleep 0.2
    "$outcry" status --json | jq -e ".[0].status.open_orders == $1 and ([.[0].orders[] | select(.state != \"ACCEPTED\")] | length == 0)" >/dev/null
}
go
console 'for i = 1, 12 do buy(0.0005, { price = 50000 + i }) end' >made
until_ is_open 12
kill -STOP $host
"$outcry" kill --wait 200ms >killed || fail "kill says $?: $(cat killed)"
grep -q 'binanceus: 12 of 12 orders are gone, in [0-9]* ms (1 market by one message)' killed || fail "kill: $(cat killed)"
kill -CONT $host
until_ sh -c "'$outcry' status --json | jq -e '.[0].status.open_orders == 0 and .[0].status.halted == \"KILLED\"'" >/dev/null
console 'unkill' 'buy 0.001 stop 40000' 'buy(0.0005, { price = 50001 })' 'buy(0.0005, { price = 50002 })' >made
until_ is_open 3
kill -STOP $host
"$outcry" kill --wait 200ms >killed || fail "kill says $?: $(cat killed)"
grep -q 'binanceus: 2 of 2 orders are gone, in [0-9]* ms; 1 protective orders stay' killed || fail "kill beside a stop: $(cat killed)"
"$outcry" kill all --wait 200ms >killed || fail "kill all says $?: $(cat killed)"
grep -q 'binanceus: 1 of 1 orders are gone' killed || fail "kill all: $(cat killed)"
kill -CONT $host
until_ sh -c "'$outcry' status --json | jq -e '.[0].status.open_orders == 0'" >/dev/null
kill -INT $host
wait $host
host=
"$outcry" replay hung --diff >replayed 2>&1 || fail "a replay differs: $(cat replayed)"
echo "kill_binanceus: all is well"
