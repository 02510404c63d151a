#!/bin/sh
# console_random.sh OUTCRY [SEEDS] [FIRST]: a console gives a seeded sequence of orders, cancels, amends, steps, pauses and speeds to
# paced sessions on ticks, on bars and beside a strategy with bars and timers of its own; each recorded session must be replayed to the
# same records. The wall clock decides where commands fall, so no two runs are the same; the seed only says what is asked.
set -u
outcry=$1
seeds=${2:-30}
first=${3:-1}
here=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -m 700 "$work/run"
export XDG_RUNTIME_DIR="$work/run" HOME="$work"

script() { # SEED: Lua for the console; errors (nothing to cancel, a refused amend) are part of it
    awk -v seed="$1" 'function r(n) { return int(rand() * n) }
    BEGIN {
        srand(seed)
        split("1 20 300 5000 100000 \"max\"", speeds, " ")
        print "local_open = function() local l = orders(\"open\") return l[1] end"
        for (i = 0; i < 40; i++) {
            k = r(20)
            if (k < 4) printf "pcall(buy, 0.0%d)\n", 1 + r(9)
            else if (k < 7) printf "pcall(sell, 0.0%d)\n", 1 + r(9)
            else if (k < 9) printf "pcall(buy, 0.0%d, { price = m.last * %.4f })\n", 1 + r(9), 0.998 + r(30) / 10000
            else if (k < 11) printf "pcall(sell, 0.0%d, { price = m.last * %.4f })\n", 1 + r(9), 0.999 + r(30) / 10000
            else if (k < 12) printf "pcall(buy, 0.02, { stop_loss = m.last * 0.99, take_profit = m.last * 1.01 })\n"
            else if (k < 13) printf "pcall(function() cancel(local_open().id) end)\n"
            else if (k < 14) printf "pcall(function() amend(local_open().id, { price = m.last * %.4f }) end)\n", 0.999 + r(20) / 10000
            else if (k < 15) print "pause()"
            else if (k < 16) print "go()"
            else if (k < 18) printf "pcall(step, %d, \"events\")\n", 1 + r(200)
            else if (k < 19) printf "pcall(speed, %s)\n", speeds[1 + r(5)]
            else printf "pcall(%s)\n", r(2) ? "flatten" : "close"
            if (r(4) == 0) print "go()"
            if (r(5) == 0) printf "for i = 1, %d do local x = status() end\n", r(300)
        }
        print "go()"
        if (r(3) == 0) print "speed(\"max\")"
        print "pcall(buy, 0.01)"
        print "quit"
    }'
}

cat >"$work/timed.lua" <<'LUA'
strategy { name = "timed", timeframe = "10s" }
function on_init(m)
  every("7s", function() if not m:busy() then m:buy { qty = 0.001, tag = "timer" } end end)
end
function on_bar(m, b)
  if m.position.qty > 0.01 then m:close() end
end
function on_order(m, o) after("250ms", function() end) end
LUA

bars() { # SEED PRICE: minutes with holes, so that a bar opens long after the one before has closed
    awk -v seed="$1" -v p="$2" 'BEGIN {
        srand(seed); t = 1704067200; print "time,open,high,low,close,volume"
        for (i = 0; i < 3000; i++) {
            o = p; p += rand() - 0.5
            printf "%d,%.2f,%.2f,%.2f,%.2f,10\n", t, o, (o > p ? o : p) + 0.1, (o < p ? o : p) - 0.1, p
            t += 60
            if (rand() < 0.4) { t += 60 * int(1 + rand() * 20); p += rand() - 0.5 }
        }
    }'
}
bars 3 100 >"$work/BTC-USDT.csv"
bars 4 50 >"$work/ETH-USDT.csv"

# Ended before the first event: nothing more than that is replayed.
for words in quit 'pcall(buy, 0.1)'; do
    rm -rf "$work/none"
    echo "$words" | "$outcry" console --paused --feed synthetic:1 --session "$work/none" >"$work/out" 2>&1 &&
        timeout 20 "$outcry" replay "$work/none" >"$work/replay" 2>&1 || { echo "before the first event: $words"; cat "$work/replay"; exit 1; }
done

seed=$first
count=0
fills=0
while [ $count -lt "$seeds" ]; do
    case $((seed % 8)) in
    0) data="--feed synthetic:20 --speed 1x" ;;
    1) data="--feed synthetic:2000 --speed 60x" ;;
    2) data="--feed synthetic-bars:20000 --speed 3600x" ;;
    3) data="$here/strategies/sma_cross.lua --feed synthetic-bars:20000 --speed 20000x" ;;
    4) data="$work/timed.lua --feed synthetic:5 --speed 2000x" ;;
    5) data="$here/strategies/buy_and_hold.lua --feed synthetic-bars:5000 --speed 60x --latency 0" ;;
    6) data="$work/BTC-USDT.csv $work/ETH-USDT.csv --speed 3000x" ;;
    7) data="$work/BTC-USDT.csv --speed 20000x" ;;
    esac
    session="$work/$seed"
    script $seed >"$work/script"
    # shellcheck disable=SC2086
    "$outcry" console $data --cash '1000000 USDT' --fee taker=0.1% --session "$session" <"$work/script" >"$work/out" 2>&1 ||
        { echo "seed $seed: the console failed"; tail -5 "$work/out"; exit 1; }
    "$outcry" replay "$session" --diff >"$work/replay" 2>&1 || {
        echo "seed $seed ($data): the replay differs"
        head -30 "$work/replay"
        if [ -n "${OUTCRY_KEEP:-}" ]; then cp -r "$session" "$OUTCRY_KEEP/session-$seed"; fi
        exit 1
    }
    found=$("$outcry" report "$session" --json | jq .trades.fills)
    fills=$((fills + found))
    rm -rf "$session"
    seed=$((seed + 1))
    count=$((count + 1))
done
[ "$fills" -gt "$count" ] || { echo "only $fills fills in $count sessions: nothing was tried"; exit 1; }
echo "$count sessions with $fills fills: each replays to the same records"
