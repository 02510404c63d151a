#!/bin/sh
# kill_run.sh OUTCRY OUTCRY_VENUE: `outcry kill` and `outcry status` at the rehearsal venue: a host that is well, one that is stopped in its
# tracks with many orders resting, and one that died. What rests is taken back, what protects stays, and the latch holds.
. "$(dirname "$0")/kit.sh"
start_venue --every 50ms
conf main.conf
ask() { # METHOD PATH: signed, as the account main
    time=$(date +%s%6N)
    sign=$(printf '%s\n%s\n%s\n\n' "$1" "$2" "$time" | openssl dgst -sha256 -hmac "$(cat rehearsal/main.secret)" -r | cut -d' ' -f1)
    curl -sS --cacert rehearsal/ca.pem -X "$1" -H "X-Key: $(cat rehearsal/main.key)" -H "X-Time: $time" -H "X-Sign: $sign" "https://localhost:$port$2"
}
open() { ask GET "/v1/open-orders" | jq '.orders | length'; }
go() { # SESSION MORE...: no strategy: a person trades
    session=$1
    shift
    "$outcry" run --venue plain --config main.conf --plugin plain="$w/plain.so" --cash '100000 USDT' --session "$session" --json \
        --listen "$w/run/socket" "$@" >"$session.json" 2>err &
    pid=$!
    for _ in $(seq 200); do
        "$outcry" status --json 2>/dev/null | jq -e '.[0].host == "answers" and (.[0].venues[0].compared // 0) > 0 and .[0].status.last != null' >/dev/null && return
        kill -0 $pid || fail "$session does not start"
        sleep 0.1
    done
    fail "$session is not ready: $("$outcry" status)"
}
stop() { # SESSION: halted by then, and its exit code says so
    kill -INT $pid
    wait $pid
    [ $? = 5 ] || fail "$1 does not end as one that is halted: $?"
    pid=
}

# 1. A host that is well.
go well
console 'buy 0.01 stop 20000' 'for i = 1, 20 do buy(0.001, { price = 20000 + i }) end' >said
for _ in $(seq 100); do [ "$(open)" = 21 ] && break; sleep 0.1; done
[ "$(open)" = 21 ] || fail "well: $(open) orders rest: $(cat said)"
"$outcry" status >screen || fail "status says $?: $(cat screen)"
grep -q 'wrong *nothing' screen || fail "status: $(cat screen)"
[ "$(awk 'length > 80' screen | wc -l)" = 0 ] || fail "status is wider than 80: $(cat screen)"
"$outcry" kill >said || fail "kill says $?: $(cat said)"
grep -q 'cancelled: 20 asked; stay: 1' said || fail "kill: $(cat said)"
for _ in $(seq 100); do [ "$(open)" = 1 ] && break; sleep 0.1; done
[ "$(open)" = 1 ] || fail "well: $(open) orders are left"
"$outcry" status >screen; [ $? = 5 ] || fail "halted, and status does not say 5: $(cat screen)"
console 'buy 0.001' >said
grep -q 'KILLED' said || fail "killed, and it buys: $(cat said)"
console 'unkill' 'buy 0.001' >said
grep -q 'filled' said || fail "unkill: $(cat said)"
"$outcry" kill flatten >said || fail "flatten says $?: $(cat said)"
for _ in $(seq 100); do [ "$("$outcry" status --json | jq '.[0].status.positions')" = 0 ] && break; sleep 0.1; done
[ "$(open)" = 0 ] || fail "flatten: $(open) orders are left"
stop well
"$outcry" replay well --diff >said || fail "well differs: $(cat said)"

# 2. Stopped in its tracks with many orders resting.
sleep 10 # the venue takes a hundred in ten seconds
go hung
console 'buy 0.01 stop 20000' 'status' >said.first
count=${OUTCRY_KILL_ORDERS:-150}
post() { # BODY: an order of another hand
    time=$(date +%s%6N)
    sign=$(printf '%s\n%s\n%s\n\n%s' POST /v1/orders "$time" "$1" | openssl dgst -sha256 -hmac "$(cat rehearsal/main.secret)" -r | cut -d' ' -f1)
    curl -sS --cacert rehearsal/ca.pem -X POST -H "X-Key: $(cat rehearsal/main.key)" -H "X-Time: $time" -H "X-Sign: $sign" --data "$1" \
        "https://localhost:$port/v1/orders"
}
at=0
while [ $at -lt $count ]; do # the venue takes ninety in ten seconds
    console "for i = 1, 75 do buy(0.001, { price = 20000 + $at + i / 10 }) end" >said
    at=$((at + 75))
    for _ in $(seq 200); do [ "$(open)" = $((at + 1)) ] && break; sleep 0.1; done
    [ "$(open)" = $((at + 1)) ] || fail "hung: $(open) orders rest: $(cat said.first; "$outcry" status; tail -n 3 said)"
    [ $at -ge $count ] || sleep 9
done
post '{"client_id":"website","symbol":"BTC/USDT","side":"buy","type":"limit","qty":"0.01","price":"20000"}' |
    jq -e '.order.state == "open"' >/dev/null || fail "no order of another hand"
[ -s hung/kill.seal ] && [ "$(stat -c %a hung/kill.seal)" = 600 ] || fail "no seal, or others may read it: $(ls -l hung)"
grep -qa "$(cat rehearsal/main.secret)" hung/* && fail "the folder shows the secret"
kill -STOP $pid
"$outcry" status >screen; [ $? = 4 ] || fail "hung, and status does not say 4: $(cat screen)"
"$outcry" kill --wait 200ms >said 2>said.err || fail "kill of a hung host says $?: $(cat said said.err)"
cat said
grep -q "plain: $count of $count orders are gone" said && grep -q '1 protective orders stay; 1 of another hand are not touched' said || fail "hung: $(cat said)"
[ "$(open)" = 2 ] || fail "hung: $(open) orders are left"
kill -CONT $pid
for _ in $(seq 100); do "$outcry" status --json | jq -e '.[0].status.halted == "KILLED" and .[0].status.open_orders == 2' >/dev/null && break; sleep 0.1; done
"$outcry" status --json | jq -e '.[0].status.halted == "KILLED" and .[0].status.open_orders == 2' >/dev/null || fail "it woke, and is not halted: $("$outcry" status)"
console 'buy 0.001' >said
grep -q 'KILLED' said || fail "it woke, and buys: $(cat said)"

# 3. Died: the latch is set while it is down, and a restart reads it.
console 'unkill' 'buy(0.001, { price = 20001 })' >said
kill -9 $pid
wait $pid 2>/dev/null
pid=
"$outcry" status >screen; [ $? = 6 ] || fail "died, and status does not say 6: $(cat screen)"
"$outcry" kill all >said || fail "kill of a dead host says $?: $(cat said)"
[ "$(open)" = 1 ] || fail "died: $(open) orders are left: $(cat said)"
go hung
console 'buy 0.001' >said
grep -q 'KILLED' said || fail "started again, and buys: $(cat said)"
console 'cancel_all' >said # what is of another hand goes by this word alone
for _ in $(seq 100); do [ "$(open)" = 0 ] && break; sleep 0.1; done
[ "$(open)" = 0 ] || fail "cancel_all leaves $(open)"
sleep 1
stop hung
[ -e hung/kill.seal ] && fail "nothing rests, and the seal is left"
"$outcry" replay hung --diff >said || fail "hung differs: $(cat said)"

# 4. A venue that says nothing more: status sees it, and people are told (tests/golden/alerts.sh has the ways).
cat >tell.sh <<'END'
#!/bin/sh
{ echo "$@"; cat; } >>"$(dirname "$0")/told"
END
chmod +x tell.sh
printf 'alerts: { here: { channel = "command"; command = ["%s/tell.sh"]; level = "info"; fold = "1s"; }; };\nwatch: { stale = "2s"; };\n' "$w" >alerts.conf
: >told
go quiet --config alerts.conf
echo 'half-open streams always' >&8
until_said 'alarm feed: no price for' told
"$outcry" status --session quiet --stale 1s >screen; [ $? = 1 ] || fail "a venue that says nothing, and status says $?: $(cat screen)"
grep -q 'no price for' screen || fail "a venue that says nothing: $(cat screen)"
echo calm >&8
echo restart >&8
until_said 'info feed: prices come again' told
until_said 'info disconnect: plain is ready' told
sleep 1
console 'buy 0.01 stop 20000' >said
grep -q 'filled' said || fail "it does not buy: $(cat said)"
sleep 3
console 'kill all' 'unkill' >said # who takes the stop back himself is told that it is gone, too, where it was whole
until_said 'unprotected: .*the stop of a long position is not there\|unprotected: .*only a part of a long position' told
post '{"client_id":"website2","symbol":"BTC/USDT","side":"buy","type":"limit","qty":"0.01","price":"20000"}' >said
until_said 'external: an order of another hand' told
console 'flatten' >said
sleep 1
kill -INT $pid
wait $pid
pid=

# 5. The venue is not there either: that is said, and the latch holds.
go last
console 'unkill' 'buy(0.001, { price = 20001 })' >said
kill -9 $pid
wait $pid 2>/dev/null
pid=
kill -9 $venue
wait $venue 2>/dev/null
venue=
"$outcry" kill --session last >said 2>&1; [ $? = 1 ] || fail "no venue, and kill says that all is done: $(cat said)"
grep -q 'NOT DONE' said && grep -q 'latched:' said || fail "no venue: $(cat said)"
echo "kill_run: all is well"
