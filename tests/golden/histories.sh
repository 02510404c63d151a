#!/bin/sh
# histories.sh OUTCRY FIRST LAST: random histories of one session each: started, stopped by hand, killed, traded by hand, gone on with, given
# other parameters, run to the end of the data. Its own report, `outcry report`, the replay, a console and one more start
# must tell the same story: fills, requests, refusals, money, and the records to the byte. One history again: `histories.sh OUTCRY 7 7`.
set -u
outcry=$(realpath "$1")
first=$2
last=$3
w=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || kill -9 $pid 2>/dev/null; rm -rf "$w"' EXIT
trap 'exit 1' INT TERM
mkdir -m 700 "$w/home" "$w/run"
export HOME="$w/home" XDG_RUNTIME_DIR="$w/run" LC_ALL=C.UTF-8
cd "$w" || exit 1
bad=0
fail() { echo "history $number ($story): $*"; bad=1; }

# Trades on every few bars with protection, keeps state, has timers, and trades once more when it is stopped.
cat >busy.lua <<'LUA'
strategy { name = "busy" }
local P = params { every = { 5, min = 2, max = 50 } }
state.bars = state.bars or 0
function on_init() every("7m", function() state.ticks = (state.ticks or 0) + 1 end) end
function on_bar(m, b)
  state.bars = state.bars + 1
  if state.bars % P.every == 0 then
    if m.position.qty == 0 and state.bars % 3 == 0 then m:buy(0.01, { trail = "0.05%", take_profit = b.close * 1.002 })
    elseif m.position.qty == 0 then m:buy(0.01, { stop_loss = b.close * 0.999, take_profit = b.close * 1.001 })
    else m:close() end
  elseif state.bars % 11 == 0 then m:buy(0.005, { price = b.close * 0.9995 })
  elseif state.bars % 13 == 0 then m:cancel_all()
  elseif state.bars % 17 == 0 then
    local below = m:buy(0.004, { price = b.close * 0.9997 })
    if below then m:buy(0.004, { stop = b.close * 1.0003, oco = below }) end
  end
end
function on_stop() state.stops = (state.stops or 0) + 1 end
LUA
cat >parts.lua <<'LUA'
strategy { name = "parts" }
function on_bar(m, b)
  if m.position.qty < 0.03 then m:buy(0.01) else m:close() end
end
function on_stop(why)
  for _, m in ipairs(markets and markets() or {}) do m:close() end
end
LUA

random() { # BELOW: in $drawn
    seed=$(((seed * 1103515245 + 12345) % 2147483648))
    drawn=$((seed / 65536 % $1))
}

start() { exec "$outcry" paper $lua $more --feed "synthetic-bars:$bars" --cash '10000 USDT' --session s "$@"; }

# What the session does next; each names itself in the story.
paced() { # SIGNAL
    random 8
    speed=$(((drawn + 1) * 20000))x
    random 120
    (start --speed $speed --listen none --quiet) >out 2>&1 &
    pid=$!
    sleep 0."$(printf %03d $((drawn + 20)))"
    kill "$1" $pid 2>/dev/null
    wait $pid 2>/dev/null
    pid=
    story="$story $1"
}
by_hand() {
    random 40
    {
        echo "step $((drawn + 1))"
        random 3
        case $drawn in 0) echo 'buy 0.02' ;; 1) echo 'flatten' ;; 2) echo 'buy(0.01, { price = m.last * 0.999, stop_loss = m.last * 0.99 })' ;; esac
        random 30
        echo "step $((drawn + 1))"
    } | timeout 60 "$outcry" console $lua $more --feed "synthetic-bars:$bars" --cash '10000 USDT' --session s --paused >out 2>&1 || fail "console: $(tail -n 3 out)"
    story="$story hand"
}
to_end() {
    (start --speed max --json) >live.json 2>err || fail "to the end: $(tail -n 3 err)"
    story="$story end"
}

# A5: fees are those of the whole session, restarted or not.
same='[.money.final, .money.profit, .money.fees, .trades.fills, .trades.requests, .trades.denied, .hashes.meaning]'
history() {
    rm -rf s
    random 3
    case $drawn in 0) lua=busy.lua ;; 1) lua=parts.lua ;; *) lua="busy.lua parts.lua" ;; esac
    more="--fee taker=0.1%"
    random 2
    [ $drawn = 0 ] || more="$more --latency 70s"
    random 2
    [ $drawn = 0 ] || more="$more --end hold"
    random 1500
    bars=$((drawn + 300))
    random 4
    parts=$((drawn + 2))
    while [ $parts -gt 0 ]; do
        random 6
        case $drawn in
        0 | 1) paced -INT ;;
        2 | 3) paced -KILL ;;
        4) by_hand ;;
        *) to_end && random 400 && bars=$((bars + drawn)) ;;
        esac
        parts=$((parts - 1))
    done
    to_end
    jq -cS "$same" live.json >live 2>/dev/null || return
    "$outcry" report s --json 2>err | jq -cS "$same" >report
    cmp -s live report || fail "report: $(cat report), itself $(cat live)"
    "$outcry" replay s --diff >out 2>&1 || fail "replay: $(tail -n 12 out)"
    (start --speed max --json) >again.json 2>err
    jq -cS "$same" again.json >again
    cmp -s live again || fail "one more start: $(cat again), itself $(cat live)"
    [ "$(jq -c .hashes.orders again.json)" = "$(jq -c .hashes.orders live.json)" ] || fail "one more start: other records"
    echo 'print(string.format("equity %.4f", account.equity))' |
        "$outcry" console $lua $more --feed "synthetic-bars:$bars" --cash '10000 USDT' --session s --paused >out 2>&1
    grep -q "equity $(jq -r '.money.final | tonumber | . * 10000 | round / 10000' live.json)" out || grep -q "equity $(printf %.4f "$(jq -r .money.final live.json)")" out ||
        fail "console: $(grep equity out), itself $(cat live)"
    "$outcry" replay s >out 2>&1 || fail "replay after the console: $(tail -n 3 out)"
}

number=$first
while [ "$number" -le "$last" ]; do
    seed=$((number * 7919 + 1))
    story=
    history
    number=$((number + 1))
done
# An end that something has followed is an end again: the data went on, and it was killed behind them.
number=0 story=" end KILL end" lua=quiet.lua more= bars=300
printf 'function on_stop() state.stops = (state.stops or 0) + 1 print("stopped " .. state.stops) end\n' >quiet.lua
rm -rf s
to_end
bars=400
mkfifo in
"$outcry" console quiet.lua --feed synthetic-bars:400 --cash '10000 USDT' --session s --paused <in >out 2>&1 &
pid=$!
exec 9>in
printf 'step 200\nprint("stepped")\n' >&9
until grep -q '^stepped' out; do kill -0 $pid 2>/dev/null || break; sleep 0.05; done
kill -9 $pid
wait $pid 2>/dev/null
pid=
exec 9>&-
to_end
grep -q 'stopped 2' err || fail "on_stop was not called at the second end: $(cat err)"
"$outcry" replay s >out 2>&1 || fail "replay: $(tail -n 3 out)"
to_end
grep -q 'stopped 3' err && fail "on_stop was called at an end that nothing had followed"

[ $bad = 0 ] && echo "$((last - first + 1)) histories: one story each"
exit $bad
