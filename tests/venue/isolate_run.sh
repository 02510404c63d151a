#!/bin/sh
# isolate_run.sh OUTCRY_VENUE OUTCRY CRASHES: a session at two venues, the connector of one in a process of its own. That process is killed while orders
# rest, while one is on its way, and while it hangs: the other venue trades on, nothing is lost and nothing is sent twice, and it comes back by itself.
# Then a connector that crashes on a message, and one that does not come back from it.
crashes=$(realpath "$3")
. "$(dirname "$0")/face_kit.sh"
pids=''
trap 'kill -9 $pids $host $child 2>/dev/null; rm -rf "$w"' EXIT
child=''
touch said host.log err
mkdir one two
cd one || exit 1
at=one/ more='isolate = true;'
face_open binanceus
one=$pid groups=$group pids=$pid
exec 6>prompt
cd ../two || exit 1
at=two/ more=''
face_open coinbase
two=$pid pids="$pids $pid"
exec 7>prompt
cd ..
printf 'venue: {\n%s\n%s\n};\n' "$groups" "$group" >main.conf
cat >quiet.lua <<'END'
strategy { name = "quiet" }
function on_venue_down(venue) log.info("told: %s is down", venue.name) end
function on_venue_up(venue) log.info("told: %s is up", venue.name) end
END
begin() {
    "$outcry" run quiet.lua --venue binanceus,coinbase --config main.conf --cash '1 USD' --session both --listen "$w/socket" --json >run.json 2>>host.log &
    host=$!
}
console() { printf '%s\n' "$@" | "$outcry" console --attach "$w/socket" --trade >said 2>&1; }
said_times() { [ "$(grep -c -- "$1" host.log)" -ge "$2" ]; }
child_of() { child=$(ps -o pid=,args= --ppid $host | awk '/isolated-connector/ && !/awk/ { print $1; exit }'); [ -n "$child" ]; }
venue_has() { # COUNT PATTERN: of the orders at binanceus
    before=$(wc -c <one/said)
    echo 'orders all' >&6
    sleep 0.2
    tail -c +$((before + 1)) one/said | grep '^[0-9]* \(main\|second\) ' >orders_there
    [ "$(grep -c -- "$2" orders_there)" = "$1" ]
}
shows() { # PATTERN of `orders all`
    console 'orders all'
    says "$1" said
}
again() { # COUNT: it has been started so often, and was compared since
    until_ said_times "its connector runs again (start $1)" 1
    until_ said_times 'outcry.binanceus is compared' "$1"
    until_ child_of
}
begin
until_ says 'outcry.binanceus is compared' host.log
until_ says 'outcry.coinbase is compared' host.log
until_ child_of
first=$child

# It is the same program, has no socket and no key, and nothing of the host's environment goes on in it.
[ "$(readlink /proc/$child/exe)" = "$outcry" ] || fail "another program: $(readlink /proc/$child/exe)"
[ "$(ls -l /proc/$child/fd | grep -c 'socket:\|\.secret\|journal')" = 0 ] || fail "it has $(ls -l /proc/$child/fd)"
[ "$(ps -o args= --ppid $host | grep -c isolated-connector)" = 1 ] || fail 'the other connector has one, too'

# Killed while an order rests: the other venue trades, this one does not, and the order stands as it was, once.
console 'buy 0.02 binanceus:BTC/USD' 'buy 0.01 binanceus:BTC/USD @ 59000'
says 'o1 BUY 0.0200 binanceus:BTC/USD filled 0.0200' said && says 'o2 BUY 0.0100 binanceus:BTC/USD @ 59,000.00 open' said || fail 'it does not trade'
kill -9 $child
until_ says 'venue.binanceus: the process of its connector has ended, signal 9' host.log
console 'buy 0.003 binanceus:BTC/USD' 'buy 0.001 coinbase:BTC/USD' 'venues'
says 'refused: VENUE_\(DOWN\|SYNCING\)' said || fail 'new risk at a venue whose connector is gone'
says 'BUY 0.0010* coinbase:BTC/USD filled' said || fail 'the other venue does not trade'
says '^binanceus *connector *\(down\|syncing\)' said || fail 'its state'
again 2
[ "$child" != "$first" ] || fail 'it is the same process'
says 'told: binanceus is down' host.log && until_ says 'told: binanceus is up' host.log
says 'told: coinbase is down' host.log && fail 'the other venue is told to be down'
venue_has 1 '@ 59000: open' || fail "the order that rests: $(cat orders_there)"
shows '^o2 .*accepted' || fail 'the order that rests is not known any more'

# On its way when the process dies: of an order that rests, and of one that trades, it is asked what became; sent is neither twice.
kill -STOP $one
console 'buy 0.011 binanceus:BTC/USD @ 58000' 'buy 0.004 binanceus:BTC/USD'
sleep 0.3
kill -SEGV $child
until_ says 'has ended, \(signal 11\|exit code 1\)' host.log
kill -CONT $one
again 3
until_ shows '^o[0-9_]* .*0.0110 .*58,000.00 .*accepted'
until_ shows '^o[0-9_]* .*0.0040 .*market .*filled'
venue_has 1 'buy 0.011 BTCUSD @ 58000: open' || fail "sent on its way: $(cat orders_there)"
venue_has 1 'buy 0.004 BTCUSD' || fail "bought on its way: $(cat orders_there)"
console 'cancel_all binanceus:BTC/USD'
until_ venue_has 2 ' canceled'

# One that does not come back from a call is ended; the host goes on.
kill -STOP $child
console 'buy 0.005 binanceus:BTC/USD @ 57000'
until_ says 'has not come back from a call in 5 s, and was ended' host.log
again 4
console 'buy 0.002 coinbase:BTC/USD'
says 'BUY 0.0020* coinbase:BTC/USD filled' said || fail 'the other venue does not trade behind a hang'
venue_has 1 '@ 57000' || venue_has 0 '@ 57000' || fail "sent in a call that never ended: $(cat orders_there)"

# All of the host killed: the process goes with it. It goes on, and has what the venue has.
kill -9 $host
wait $host 2>/dev/null
for _ in $(seq 100); do kill -0 $child 2>/dev/null || break; sleep 0.05; done
kill -0 $child 2>/dev/null && fail 'the process outlives its host'
: >host.log
begin
until_ says 'outcry.binanceus is compared' host.log
until_ child_of
console 'cancel_all' 'flatten'
until_ sh -c "'$outcry' status --session both --json | jq -e '.[0].status.open_orders == 0 and .[0].status.positions == 0' >/dev/null"
sleep 0.5
"$outcry" status --session both --json | jq -r '.[0].balances[] | select(.account == "binanceus:main") | "\(.asset) \(.total)"' | sort >ours
kill -INT $host
wait $host
code=$?
[ $code -eq 0 ] || [ $code -eq 130 ] || fail "the session ended with $code"
host=''
"$outcry" reconcile binanceus --config main.conf --json 2>err | jq -r '.[0].balances[] | "\(.asset) \(.free + .locked)"' | sort >theirs
awk '{ printf "%s %.8f\n", $1, $2 }' ours >a && awk '{ printf "%s %.8f\n", $1, $2 }' theirs >b
cmp -s a b || fail "it holds $(cat a), and the venue says $(cat b)"
"$outcry" replay both --diff >said 2>&1 || fail 'the replay differs'
echo quit >&6
echo quit >&7
wait $one && wait $two || fail 'a venue ends badly'
for there in one two; do says 'ledger: adds up' $there/said || fail "$there: the ledger does not add up"; done

# A crash on a message: it comes back, and back-off doubles while it goes on. A loop without end: the same.
mkdir three && cd three || exit 1
mkfifo prompt
"$venue" lines --port 0 --every 1h <prompt >said 2>&1 &
three=$! pids=$!
exec 8>prompt
until_ says '^listens' said
port=$(sed -n 's/^listens: localhost:\([0-9]*\).*/\1/p' said)
cat >crashes.conf <<END
venue: { crashes: { connector = "org.example.crashes"; accounts = ["main"]; environment = "local"; link = "network"; isolate = true;
  endpoint: { lines = "wss://localhost:$port/lines"; }; ca_file = "rehearsal/ca.pem";
  instruments = ( { symbol = "BTC/USDT"; price_step = "0.01"; qty_step = "0.001"; } ); }; };
END
cat >hears.lua <<'END'
strategy { name = "hears" }
function on_trade(m, t)
  log.info("trade %s", t.qty)
  if t.qty == 0.007 then m:buy { qty = 0.011, price = t.price * 0.97 } end
  if t.qty == 0.009 then m:buy { qty = 0.666, price = t.price * 0.97 } end
end
function on_order(m, order) log.info("order of %s is %s %s", order.qty, order.state, order.reason) end
END
touch host.log err
"$outcry" run hears.lua --venue crashes --config crashes.conf --plugin crashes="$crashes" --cash '10000 USDT' --session s --listen none --json >run.json 2>host.log &
host=$!
trade() { echo "buy $1 BTC/USDT at the website of second" >&8; }
until_ child_of
sleep 0.5
trade 0.005
until_ says 'trade 0.005' host.log
trade 0.666
until_ says 'has ended, \(signal 11\|exit code 1\), in or behind its call message: .* started again in 1 s' host.log
until_ says 'runs again (start 2)' host.log
sleep 0.5
trade 0.666
until_ says 'call message: .* started again in 2 s' host.log
until_ says 'runs again (start 3)' host.log
sleep 0.5
trade 0.667
until_ says 'has not come back from a call in 5 s, and was ended' host.log
until_ says 'runs again (start 4)' host.log
sleep 0.5
trade 0.007
until_ says 'trade 0.007' host.log
until_ says 'order of 0.011 is ACCEPTED' host.log
# It hands an order over and crashes in the same call: not a byte of it leaves, and that is proven.
trade 0.009
until_ says 'in or behind its call request' host.log
until_ says 'order of 0.666 is REJECTED' host.log
before=$(wc -c <said)
echo 'orders all' >&8
sleep 0.3
tail -c +$((before + 1)) said | grep -a 'main buy 0.666' && fail 'what was sent in a call that never ended has left'
kill -INT $host
wait $host
host=''
"$outcry" replay s --diff >said 2>&1 || fail 'the replay differs: crashes'
jq -e '.strategy != null' run.json >/dev/null || jq -e . run.json >/dev/null || fail 'no report'
# In the host's own process the same message ends all of it; and a transcript has no process.
sed 's/isolate = true;//' crashes.conf >within.conf
"$outcry" run hears.lua --venue crashes --config within.conf --plugin crashes="$crashes" --cash '10000 USDT' --listen none >run.json 2>host.log &
host=$!
sleep 1
trade 0.666
wait $host
[ $? -ne 0 ] && says 'crashed\|runtime error' host.log || fail 'it survives without a process of its own?'
host=''
sed "s|link = \"network\"; isolate|transcript = \"$here/../../sdk/examples/connector_loopback/day.txt\"; isolate|; s/endpoint: .*//" crashes.conf >script.conf
"$outcry" run hears.lua --venue crashes --config script.conf --plugin crashes="$crashes" --cash '10000 USDT' --listen none >said 2>&1 && fail 'a transcript is isolated'
says 'isolate: its link is a transcript: this would change nothing' said || fail 'a transcript'
echo "killed, crashed, hung: one venue alone was down, and nothing was sent twice"
