#!/bin/sh
# without_end.sh OUTCRY: what a strategy does at one instant, and how many timers it has in a second, ends (A8): it is suspended by name,
# the others go on, and SIGTERM is obeyed meanwhile.
set -u
outcry=$(realpath "$1")
w=$(mktemp -d)
trap 'rm -rf "$w"' EXIT
cd "$w" || exit 1
fail() { echo "without end: $*"; exit 1; }
cat >again.lua <<'LUA'
-- each answer of an order leads to another order, all at one instant
local begun
function on_bar(m, b) if not begun then begun = true; m:buy(0.0001, { price = b.close * 0.5 }) end end
function on_order(m, o)
  if o.state == "ACCEPTED" then o:cancel() elseif o.state == "CANCELED" then m:buy(0.0001, { price = o.price }) end
end
LUA
cat >timers.lua <<'LUA'
function on_init(m) every("0.000001ms", function() end) end
function on_bar(m, b) end
LUA
cat >good.lua <<'LUA'
function on_bar(m, b) state.bars = (state.bars or 0) + 1 end
LUA
limits="--set risk.message_rate.rate=1000000 --set risk.message_rate.burst=1000000"
for name in again timers; do
    # shellcheck disable=SC2086
    timeout 100 "$outcry" backtest $name.lua synthetic-bars:50 --cash '10000 USDT' --profile ideal --latency 0 $limits >out 2>&1
    [ $? = 1 ] || { tail -n 5 out; fail "$name: a backtest must end with 1"; }
    # shellcheck disable=SC2086
    timeout 100 "$outcry" paper $name.lua good.lua --feed synthetic-bars:50 --cash '10000 USDT' --profile ideal --latency 0 --listen none \
        $limits >out 2>&1 || { tail -n 5 out; fail "$name: a paper session must go on"; }
    grep -q "$name.lua is suspended" out || { cat out; fail "$name is not named"; }
done
grep -q 'timers within one second' out || { cat out; fail "the limit of timers is not named"; }
# SIGTERM between two steps of one instant
# shellcheck disable=SC2086
"$outcry" paper again.lua --feed synthetic-bars:100000 --speed 60x --cash '10000 USDT' --profile ideal --latency 0 --listen none $limits >out 2>&1 &
pid=$!
sleep 0.5
kill -TERM $pid
tries=0
while kill -0 $pid 2>/dev/null; do
    tries=$((tries + 1))
    [ $tries -lt 600 ] || { kill -9 $pid; fail "SIGTERM is not obeyed"; }
    sleep 0.05
done
echo "what has no end is ended by name, and SIGTERM is obeyed"
