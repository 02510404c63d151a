#!/bin/sh
# tick_to_order.sh [SECONDS]: how soon behind a tick an order is at the venue, whole: outcry-venue sends a trade through TLS, the host reads it, a Lua
# strategy orders at it, seven rules judge it, it is recorded, signed and posted, and the venue has read it. SECONDS (30) of 100 trades a second; the
# venue's own figures (its word `latency`). Beside it, in the same run, what `outcry bench net` measures: a POST there and back by a multi of libcurl.
# Nothing is asserted. OUTCRY_BINARY: another program than build/release/outcry; outcry-venue lies beside it.
set -u
cd "$(dirname "$0")/../.." || exit 1
outcry=$(realpath "${OUTCRY_BINARY:-build/release/outcry}")
seconds=${1:-30}
[ -x "$outcry" ] || { echo "tick_to_order: $outcry is not there: cmake --preset release && cmake --build build/release"; exit 1; }
mkdir -p build
scratch=$(mktemp -d "$PWD/build/tick.XXXXXX") || exit 1
pid='' host=''
trap 'kill -9 $pid $host 2>/dev/null; rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
export HOME="$scratch" XDG_RUNTIME_DIR="$scratch"
mkfifo prompt
"$(dirname "$outcry")/outcry-venue" binanceus --port 0 --every 10ms <prompt >said 2>&1 &
pid=$!
exec 8>prompt
for _ in $(seq 100); do grep -q '^account second' said && break; sleep 0.05; done
port=$(sed -n 's/^listens: localhost:\([0-9]*\).*/\1/p' said)
cat >main.conf <<END
venue: { binanceus: { accounts = ["main"]; environment = "local"; endpoint: { rest = "https://localhost:$port"; stream = "wss://localhost:$port"; };
    ca_file = "rehearsal/ca.pem";
    keys: { main: { environment = "local"; api_key = "file:rehearsal/main.key"; secret = "file:rehearsal/main.secret"; }; }; }; };
END
cat >at_tick.lua <<'END'
strategy { name = "at_tick" }
local last = 0
function on_trade(m, t) -- an order that never rests, at most five a second: the venue has limits
  if t.time - last < 200000000 or m:busy() then return end
  last = t.time
  m:buy { qty = 0.001, price = t.price * 0.9, tif = "IOC" }
end
END
"$outcry" run at_tick.lua --venue binanceus --symbol BTC/USD --config main.conf --cash '100000 USD' --session s --listen none --quiet >out 2>err &
host=$!
sleep "$seconds"
kill -INT $host
wait $host
host=''
echo latency >&8
sleep 1
echo "tick to order: $(grep -a 'orders behind a message' said || { tail -n 3 said err; })"
"$outcry" bench net | grep -E 'libcurl multi +POST|our link +POST|ibwebsockets +there'
