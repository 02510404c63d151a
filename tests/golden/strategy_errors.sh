#!/bin/sh
# strategy_errors.sh OUTCRY: what becomes of a strategy that fails: the words and exit codes of a backtest; paper goes on
# with the others, records the suspension, replays to the same hash and keeps it after a restart.
set -u
outcry=$1
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
bad=0
say() { echo "strategy errors: $*"; bad=1; }

# expect CODE WORDS ARGUMENTS...
expect() {
    code=$1
    words=$2
    shift 2
    timeout 60 "$outcry" "$@" >out 2>&1
    found=$?
    [ $found = "$code" ] || { say "outcry $*: exit $found, expected $code"; head -5 out; }
    has "$words"
}
has() { grep -qF -- "$1" out || { say "'$1' is not in:"; head -12 out; }; }
has_not() { grep -qF -- "$1" out && { say "'$1' is in:"; head -12 out; }; }

# A word that is not there is named with the nearest one that is; words of the strategy's own are left alone.
meant() { # CODE OF on_bar, WORDS
    echo "function on_bar(m, b) $1 end" >meant.lua
    expect 1 "outcry: meant.lua:1: $2" backtest meant.lua synthetic-bars:50 --cash '10000 USDT'
}
meant 'm:emma(5)' "attempt to call a nil value (method 'emma'); did you mean 'ema'?"
meant 'local y = m.positon.qty' "attempt to index a nil value (field 'positon'); did you mean 'position'?"
meant 'local y = b.clos' "this event has no field 'clos'; did you mean 'close'?"
meant 'crossabove(1, 2)' "attempt to call a nil value (global 'crossabove'); did you mean 'cross_above'?"
meant 'acount.x = 1' "attempt to index a nil value (global 'acount'); did you mean 'account'?"
meant 'm.trend.up = 1' "attempt to index a nil value (field 'trend')"
has_not "did you mean"
meant "error(\"it says (field 'positon')\")" "it says (field 'positon')"
has_not "did you mean"

# An ordinary error in a backtest: file, line, source line, locals, and no report.
cat >raises.lua <<'LUA'
function on_bar(m, b)
  local price = b.close
  m.n = (m.n or 0) + 1
  print("call", m.n)
  if m.n == 20 then m:buy { quote_qty = 100 } print(nil .. "x") end
end
LUA
expect 1 "outcry: raises.lua:5: attempt to concatenate a nil value" backtest raises.lua synthetic-bars:500 --cash '10000 USDT'
has "  5 |   if m.n == 20 then m:buy { quote_qty = 100 } print(nil .. \"x\") end"
has "price = "
has "call 20"
has_not "call 21"
has_not "Money"
expect 1 "raises.lua:5" backtest raises.lua synthetic-bars:500 --cash '10000 USDT' --session failed --quiet
expect 0 "the session agrees with itself" replay failed
has "raises.lua:5: attempt to concatenate"

printf 'function on_stop() error("at the end") end\n' >stop.lua
expect 1 "stop.lua:1: at the end" backtest stop.lua synthetic-bars:50 --cash '10000 USDT'
printf 'function on_start() error("at once") end\n' >start.lua
expect 1 "start.lua:1: at once" backtest start.lua synthetic-bars:50 --cash '10000 USDT'
expect 0 "suspended: start.lua: start.lua:1: at once" paper start.lua --feed synthetic-bars:50 --cash '10000 USDT'
printf 'function on_bra() end\n' >name.lua
expect 1 "did you mean 'on_bar'?" backtest name.lua synthetic-bars:50 --cash '10000 USDT'
expect 1 "did you mean 'on_bar'?" paper name.lua --feed synthetic-bars:50 --cash '10000 USDT'

# Warm-up.
printf 'function on_init(m) m.s = m:sma(100) end\nfunction on_bar(m, b) print(m.s()) end\n' >warm.lua
expect 1 "40 more bars are needed before --from" backtest warm.lua synthetic-bars:500 --cash '10000 USDT' \
    --from '2024-01-01 00:59'
expect 0 "Money" backtest warm.lua synthetic-bars:500 --cash '10000 USDT' --from '2024-01-01 01:39'
expect 1 "1 more bars are needed before --from" backtest warm.lua synthetic-bars:500 --cash '10000 USDT' \
    --from '2024-01-01 01:38'

# Modules come from the strategy's own folder only.
mkdir own own/sub
printf 'return 42\n' >own/helper.lua
printf 'return 1\n' >secret.lua
printf 'return 1\n' >own/sub/deep.lua
printf 'print("answer", require "helper")\n' >own/good.lua
expect 0 "answer 42" backtest own/good.lua synthetic-bars:50 --cash '10000 USDT'
for name in ../secret secret "$work/secret" sub/deep ./helper ''; do
    printf 'require "%s"\n' "$name" >own/bad.lua
    expect 1 "own/bad.lua:1" backtest own/bad.lua synthetic-bars:50 --cash '10000 USDT'
done

# A storm of lines.
printf 'function on_bar(m, b) for i = 1, 100000 do print("line", i) end end\n' >storm.lua
expect 0 "... and 99900 more lines of the same event were left out" backtest storm.lua synthetic-bars:3 --cash '10000 USDT'
[ "$(grep -c 'line' out)" -lt 400 ] || say "a storm was written out: $(grep -c line out) lines"

# A strategy that never ends: suspended on bar 50, with an order, a timer and a change that are all dropped.
cat >loops.lua <<'LUA'
strategy { name = "loops" }
function on_bar(m, b)
  m.n = (m.n or 0) + 1
  if m.n == 10 then m:buy { quote_qty = 500, stop_loss = b.close * 0.5 } end
  if m.n == 50 then
    m:buy { quote_qty = 100, stop_loss = b.close * 0.5 }
    every("1m", function() end)
    m.n = -1
    while true do end
  end
end
LUA
paper() { # COUNT SESSION
    expect 0 "Money" paper loops.lua "$root/strategies/sma_cross.lua" --feed "synthetic-bars:$1" --cash '10000 USDT' \
        --set strategy.deadline=50ms --end hold --session "$2"
    has "suspended: loops.lua: loops.lua:9: ran longer than"
    has "ERROR strategy: loops.lua is suspended: its orders stay, it makes no new ones"
}
hash_of() { sed -n 's/^  orders *\([0-9a-f]*\).*/\1/p' out; }
fills_of() { sed -n 's/^  Fills *\([0-9]*\).*/\1/p' out; }
paper 1000 one
has "ERROR strategy:   9 |     while true do end"
first=$(hash_of)
fills=$(fills_of)
[ "${fills:-0}" -gt 10 ] || say "the other strategy did not go on: $fills fills"
expect 0 "the session agrees with itself" replay one --diff
has "$first"
expect 0 "suspended: loops.lua" report one
paper 1000 two
[ "$(hash_of)" = "$first" ] || say "another run of the same has another hash: the limit of time shows in it"

# It goes on after a restart: the suspended strategy stays so, the other trades.
paper 2000 one
[ "$(fills_of)" -gt "$fills" ] || say "nothing was traded after the restart"
has "2,021 calls of on_bar" # 1,971 of sma_cross, 50 of the one that was suspended in its 50th
expect 0 "the session agrees with itself" replay one

[ $bad = 0 ] && echo "strategy errors: as they are promised"
exit $bad
