#!/bin/sh
# network_run.sh OUTCRY SERVER CERTS: the example connector over TLS and WebSocket to a server of libwebsockets, the cable pulled in the
# middle (the server killed and started again); orders before and behind it; what was recorded replays to the byte without server,
# connector or network. And what a configuration may not say.
set -u
outcry=$(realpath "$1")
server=$(realpath "$2")
certs=$(realpath "$3")
folder=$(dirname "$outcry")
example=$(realpath "$(dirname "$0")/../../sdk/examples/connector_loopback")
page=$(realpath "$(dirname "$0")/../../docs/network.md")
w=$(mktemp -d)
pid= peer=
trap '[ -z "$pid" ] || kill -9 $pid 2>/dev/null; [ -z "$peer" ] || kill -9 $peer 2>/dev/null; rm -rf "$w"' EXIT
trap 'exit 1' INT TERM
mkdir -m 700 "$w/home" "$w/run"
unset XDG_STATE_HOME COLUMNS LINES TERM OUTCRY_PLUGINS
export HOME="$w/home" XDG_RUNTIME_DIR="$w/run" LC_ALL=C.UTF-8
cd "$w" || exit 1
fail() { echo "network_run: $*" >&2; [ -s err ] && cat err >&2; exit 1; }

cp "$folder/sdk/examples/loopback.so" . && cp "$example/day.lua" . || exit 1
port=0
serve() { # on the port of before, where there was one
    rm -f port
    "$server" "${port:-0}" "$certs/$1.pem" "$certs/$1.key" 20 >port 2>server.err &
    peer=$!
    for _ in $(seq 200); do [ -s port ] && break; sleep 0.05; done
    port=$(sed 's/port //' port)
    [ -n "$port" ] || fail "the server does not listen: $(cat server.err)"
}
conf() { # FILE LINES: the group, with these lines in place of the endpoint and whom to trust
    printf 'venue: { loopback: { connector = "org.example.loopback"; accounts = ["main"]; environment = "local";\n' >"$1"
    printf '%s\ninstruments = ( { symbol = "BTC/USDT"; price_step = "0.01"; qty_step = "0.001"; } ); }; };\n' "$2" >>"$1"
}
run() { # CONF SESSION
    conf=$1 session=$2
    shift 2
    exec "$outcry" run day.lua --venue loopback --config "$conf" --plugin loopback="$w/loopback.so" --cash '10000 USDT' --session "$session" \
        --listen none "$@"
}

serve good
cp "$certs/ca.pem" trusted.pem # relative to the file that names it
mkdir conf.d && cp trusted.pem conf.d/
sed -n '/^venue: {/,/^};/p' "$page" | sed "s/localhost:7443/localhost:$port/" >conf.d/net.conf # as docs/network.md shows it
grep -q "localhost:$port" conf.d/net.conf || fail "docs/network.md shows no group"
export https_proxy=http://127.0.0.1:1 HTTPS_PROXY=http://127.0.0.1:1 ALL_PROXY=http://127.0.0.1:1 SSL_CERT_FILE=/dev/null # none of it counts
(run conf.d/net.conf day --json) >day.json 2>err &
pid=$!
wait_cut() { # COUNT: until it has said so often that a connection is gone
    for _ in $(seq 400); do
        [ "$(grep -c "connection" err)" -ge "$1" ] && return 0
        sleep 0.05
    done
    fail "it did not notice that the cable was pulled"
}
sleep 2
kill -9 $peer
wait_cut 1
serve good
sleep 4
kill -INT $pid
wait $pid || fail "the run ends with $?"
pid=
grep -q 'the connection ended' err || fail "the pulled cable is not said"
# One may have been on its way when the cable was pulled: then nobody knows what became of it, and nothing more is sent for it.
jq -e '.trades.fills > 20 and .trades.requests - .trades.fills <= 1 and .trades.denied == 0' day.json >/dev/null ||
    fail "trades: $(jq -c .trades day.json)"
jq -r '.notes[]' day.json | grep -qx 'fills: as the venue loopback says, through org.example.loopback; local: over the network' ||
    fail "who fills is not said: $(jq -r '.notes[]' day.json)"

# Without server, connector and network.
rm loopback.so
"$outcry" replay day --diff >said 2>&1 || fail "the replay differs: $(cat said)"
cp "$folder/sdk/examples/loopback.so" .
# It goes on; where an order was cut off with the cable, not: this example cannot be asked about one (net_restart is about one that can).
(run conf.d/net.conf day) >again 2>&1 &
pid=$!
for _ in $(seq 400); do grep -q 'going on\|is not supported' again && break; sleep 0.05; done
if grep -q 'orders are open, and org.example.loopback offers no question about an order' again; then
    wait $pid && fail "an order that nobody can ask about, and it ends well: $(cat again)"
else
    sleep 1
    kill -INT $pid
    wait $pid || fail "gone on with, it ends with $?: $(cat again)"
    grep -q 'going on' again || fail "it is not gone on with: $(cat again)"
fi
pid=
"$outcry" replay day --diff >said 2>&1 || fail "gone on with, the replay differs: $(cat said)"

# By hand: a console is answered while the session waits for the network; nothing stops the clock.
cat >timed.lua <<'END'
strategy { name = "timed" }
local trades = 0
function on_start() every("30ms", function() log.info("by the clock") end) end
function on_trade(m, t)
  local price = t.price
  trades = trades + 1
  if trades % 7 == 0 then after("10ms", function() if not m:busy() then m:buy { qty = 0.001, price = price } end end) end
end
END
timed() { # SESSION
    exec "$outcry" run timed.lua --venue loopback --config conf.d/net.conf --plugin loopback="$w/loopback.so" --cash '10000 USDT' --session "$1"
}
timed hand >hand.out 2>hand.err &
pid=$!
for _ in $(seq 200); do ls run/outcry/*.sock >/dev/null 2>&1 && break; sleep 0.05; done
printf 'pause\nspeed 2\nprint("asked")\nbuy 0.001 BTC/USDT @ 90\n' | "$outcry" console --attach --trade >said 2>&1
grep -q 'goes with the clock' said || fail "paused by hand: $(cat said)"
grep -qx asked said || fail "a console is not answered: $(cat said)"
sleep 1
(timed killed) >killed.out 2>&1 &
killed=$!
sleep 1.5
kill -9 $killed
kill -INT $pid
wait $pid || fail "the session by hand ends with $?: $(cat hand.err)"
pid=
kill $peer; peer=
"$outcry" replay hand --diff >said 2>&1 || fail "by hand: the replay differs: $(cat said)"
"$outcry" replay killed --diff >said 2>&1 || fail "killed: the replay differs: $(cat said)"
grep -q 'by the clock' hand.err || fail "no timer fires on the network: $(cat hand.err)"

# What a configuration may not say.
refused() { # WORDS LINES
    conf bad.conf "$2"
    (run bad.conf "bad$$") >said 2>&1 && fail "not refused: $2"
    grep -q "$1" said || fail "refused otherwise: $2: $(cat said)"
}
printf 'transcript 2\n@ 2026-01-05T14:30:00Z\n' >day.txt
at="endpoint: { lines = \"wss://localhost:$port\"; };"
refused "there is no such link: found 'wire', expected transcript or network" 'link = "wire";'
refused 'venue.loopback.transcript: it is not set' ''
refused 'its link is the network: a transcript would change nothing' "link = \"network\"; transcript = \"day.txt\"; $at"
refused 'its link is a transcript: this would change nothing' "transcript = \"day.txt\"; $at"
refused 'its link is a transcript: this would change nothing' 'transcript = "day.txt"; proxy = "http://127.0.0.1:1";'
refused 'describes no such endpoint.*expected one of lines' 'link = "network"; endpoint: { line = "wss://localhost"; };'
refused 'a url begins with https://' 'link = "network"; endpoint: { lines = "ftp://localhost"; };'
refused 'without a name, a password' 'link = "network"; endpoint: { lines = "wss://a:secret@localhost"; };'
grep -q secret said && fail "a password is shown"
refused "holds no certificate of an authority.*found '.*nothing.pem'" "link = \"network\"; ca_file = \"nothing.pem\"; $at"
refused "this is no proxy: found 'localhost:1', expected http://HOST:PORT" "link = \"network\"; proxy = \"localhost:1\"; $at"
refused 'a name and a password is not supported' "link = \"network\"; proxy = \"http://a:secret@localhost:1\"; $at"
grep -q secret said && fail "a password is shown"
(run conf.d/net.conf fast --speed 2x) >said 2>&1 && fail "a speed is taken"
grep -q 'goes with the clock' said || fail "a speed: $(cat said)"
"$outcry" console day.lua --venue loopback --config conf.d/net.conf --plugin loopback="$w/loopback.so" --paused </dev/null >said 2>&1 && fail "--paused is taken"
grep -q 'cannot be paused' said || fail "--paused: $(cat said)"
echo "over the network, cable pulled, replayed: $(jq -r '.trades.fills' day.json) fills"
