#!/bin/sh
# on_error.sh OUTCRY: what becomes of a strategy whose callback raises, of its entries and of what it holds, by strategy.on_error and
# strategy.suspended_entries; the session replays, and goes on as it was.
set -u
outcry=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
bad=0
say() { echo "on error: $*"; bad=1; }

# At the third bar it buys, with a stop loss, and leaves a limit order far below; the tenth raises, after it has asked for more.
cat >fails.lua <<'LUA'
function on_bar(m, b)
  m.n = (m.n or 0) + 1
  if m.n == 3 then
    m:buy { qty = 0.01, stop_loss = b.close * 0.5 }
    m:buy { qty = 0.01, price = b.close * 0.6, tag = "far" }
  end
  if m.n == 10 then m:buy { qty = 0.02 } error("broken on purpose") end
  if m.n == 20 then
    local tags = {}
    for i, o in ipairs(m:orders()) do tags[i] = o.tag .. o.role end
    print("bar 20: " .. m.position.qty .. " " .. table.concat(tags, ","))
  end
end
LUA
# run NAME FILLS OPEN REQUESTS OPTIONS...
run() {
    name=$1 fills=$2 open=$3 requests=$4
    shift 4
    timeout -s KILL 30 "$outcry" paper fails.lua --feed synthetic-bars:50 --speed max --cash '10000 USDT' --end hold --listen none \
        --session "$name" --json "$@" >"$name.json" 2>"$name.err" || { say "$name: it failed"; head -5 "$name.err"; return; }
    found=$(jq -c '[.trades.fills, .trades.open, .trades.requests]' "$name.json")
    [ "$found" = "[$fills,$open,$requests]" ] || say "$name: fills, open trips, requests are $found, expected [$fills,$open,$requests]"
    "$outcry" replay "$name" 2>&1 | grep -q 'agrees with itself' || say "$name: its replay differs"
}
has() { grep -qF -- "$2" "$1.err" || { say "$1: '$2' is not said:"; head -4 "$1.err"; }; }

# Requests: two entries, a stop loss; the cancel of the limit order; the close, and the cancel of the stop loss.
run keeps 1 1 3
has keeps 'fails.lua is suspended: its orders stay, it makes no new ones'
run cancels 1 1 4 --set strategy.suspended_entries=cancel
has cancels 'fails.lua is suspended: its entries are canceled, it makes no new ones'
run flattens 2 0 6 --set strategy.on_error=flatten
has flattens 'and what it holds is closed'
run goes_on 1 1 3 --set strategy.on_error=continue
has goes_on 'a callback failed, and its orders are dropped: fails.lua:7: broken on purpose'
has goes_on 'bar 20: 0.01 farnone,stop_loss'
for name in keeps cancels flattens; do
    grep -q 'bar 20' "$name.err" && say "$name: it was called behind its end"
done

# A limit of time suspends whatever was said; in a backtest what raises ends the run, unless it goes on.
echo 'function on_bar(m, b) while b.close > 0 do end end' >loops.lua
timeout -s KILL 30 "$outcry" paper loops.lua --feed synthetic-bars:5 --speed max --cash '10000 USDT' --listen none --set strategy.on_error=continue \
    --set strategy.deadline=50ms >out 2>loops.err
has loops 'loops.lua is suspended'
timeout -s KILL 30 "$outcry" backtest fails.lua synthetic-bars:50 --cash '10000 USDT' >out 2>back.err
[ $? = 1 ] || say "a backtest that raised is none that failed"
timeout -s KILL 30 "$outcry" backtest fails.lua synthetic-bars:50 --cash '10000 USDT' --set strategy.on_error=continue >out 2>back.err ||
    say "a backtest that goes on has failed"
for pair in on_error=stop suspended_entries=leave; do
    timeout -s KILL 30 "$outcry" backtest fails.lua synthetic-bars:50 --cash '10000 USDT' --set "strategy.$pair" >out 2>wrong.err
    [ $? = 3 ] || say "strategy.$pair is taken"
    has wrong "strategy.${pair%=*}: found '${pair#*=}', expected"
done
[ $bad = 0 ] && echo "on error: as it was asked for"
exit $bad
