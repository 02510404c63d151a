#!/bin/sh
# command_line.sh OUTCRY: what a person types: exit codes, errors that say what to do, configuration, replay, restart.
set -u
outcry=$1
cd "$(dirname "$0")/../.." || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0
say() { echo "command line: $*"; bad=1; }

# holds WORDS: spaces aside, for a report folds its lines, and where depends on how long a path is.
holds() { tr -d " \n" <"$work/out" | grep -qF -- "$(printf %s "$1" | tr -d " \n")"; }

# expect CODE WORDS ARGUMENTS...: the exit code, and words that the output must hold.
expect() {
    code=$1
    words=$2
    shift 2
    "$outcry" "$@" >"$work/out" 2>&1
    found=$?
    [ $found = "$code" ] || { say "outcry $*: exit $found, expected $code"; head -5 "$work/out"; }
    [ -z "$words" ] || holds "$words" || { say "outcry $*: '$words' is not in:"; head -8 "$work/out"; }
}

cash='10000 USDT'
expect 2 "usage"
expect 0 "backtest" help
expect 0 "ABI" version
expect 2 "did you mean 'backtest'" backtets
expect 2 "did you mean --profile" backtest a.lua b.csv --profle ideal
expect 2 "needs a value" backtest a.lua b.csv --cash
expect 2 "name=value" backtest a.lua b.csv -p fast
expect 3 "no strategy file" backtest synthetic-bars --cash "$cash"
expect 3 "no data file" backtest strategies/sma_cross.lua --cash "$cash"
expect 3 "--cash '10000 USDT'" backtest strategies/sma_cross.lua synthetic-bars
expect 3 "expected an amount and a currency" backtest strategies/sma_cross.lua synthetic-bars --cash plenty
expect 3 "is paid in USDT" backtest strategies/sma_cross.lua synthetic-bars --cash '10000 EUR'
expect 1 "strategies/none.lua" backtest strategies/none.lua synthetic-bars --cash "$cash"
expect 1 "none.csv" backtest strategies/sma_cross.lua "$work/none.csv" --cash "$cash"
expect 3 "has no parameter 'quick'" backtest strategies/sma_cross.lua synthetic-bars:500 --cash "$cash" -p quick=3
expect 1 "at least" backtest strategies/sma_cross.lua synthetic-bars:500 --cash "$cash" -p fast=0
expect 0 "Round trips" backtest strategies/sma_cross.lua synthetic-bars:500 --cash "$cash" -p fast=5
expect 0 "IDEAL" backtest strategies/sma_cross.lua synthetic-bars:500 --cash "$cash" --profile ideal
expect 0 "half-spread" backtest strategies/sma_cross.lua synthetic-bars:500 --cash "$cash"
next=$(dirname "$outcry")/sdk/examples/nextopen.so # another simulator says what it is, and what was set for it
expect 0 '"fills: as org.example.nextopen decides: fills market orders at the next open, with slippage","fills: bps 7"]' backtest strategies/sma_cross.lua \
    synthetic-bars:500 --cash "$cash" --json --plugin next="$next" --set sim.paper.plugin=org.example.nextopen --set sim.paper.bps=7
expect 1 "more bars are needed before --from" backtest strategies/sma_cross.lua synthetic-bars:500 --cash "$cash" --from 2024-01-01T00:05:00Z
expect 0 "" backtest strategies/sma_cross.lua synthetic-bars:500 --cash "$cash" --from 2024-01-01T02:00:00Z --json
expect 3 "did you mean 'sim.paper.profile'" backtest strategies/sma_cross.lua synthetic-bars:500 --cash "$cash" --set sim.paper.profil=ideal
expect 3 "expected" backtest strategies/sma_cross.lua synthetic-bars:500 --cash "$cash" --profile rosy
# Q21: a fee that could be read as another one is refused
for fee in '0,05%' 'taker=0,05%' '0.1%,1%' 'taker=0.1%,1%' 'taker=0.1%,' ',' '' 'taker=' 'taker=0.1%,taker=0.2%'; do
    expect 2 "expected one rate" backtest strategies/sma_cross.lua synthetic-bars:500 --cash "$cash" --fee "$fee"
done
for fee in 'taker=0.1' 'maker=1.0001%' '1' '2%' 'taker=10%,maker=10%'; do
    expect 2 "said twice, if it is meant" backtest strategies/sma_cross.lua synthetic-bars:500 --cash "$cash" --fee "$fee"
done
for fee in much 'maker=0.1.2' 'taker=5 %'; do
    expect 2 "expected a decimal" backtest strategies/sma_cross.lua synthetic-bars:500 --cash "$cash" --fee "$fee"
done
expect 0 "fees taker 10%, maker 1%" backtest strategies/sma_cross.lua synthetic-bars:500 --cash "$cash" --fee 'taker=10%,maker=1%,taker=10%'
expect 0 "fees taker 0.1%, maker -0.01%" backtest strategies/sma_cross.lua synthetic-bars:500 --cash "$cash" --fee 'taker=0.1%,maker=-0.01%'

# an error in a callback: the same words in a backtest, with file, line and source
cat >"$work/broken.lua" <<'LUA'
strategy { name = "broken" }
function on_bar(m, b)
  local price = b.close
  local x = nil + price
end
LUA
expect 1 "broken.lua:4" backtest "$work/broken.lua" synthetic-bars:500 --cash "$cash"
expect 1 "price = " backtest "$work/broken.lua" synthetic-bars:500 --cash "$cash"
printf 'function on_bra(m, b) end\n' >"$work/typo.lua"
expect 1 "did you mean 'on_bar'" backtest "$work/typo.lua" synthetic-bars:500 --cash "$cash"
printf 'function on_bar(m, b) while true do end end\n' >"$work/loop.lua"
expect 1 "loop.lua:1" backtest "$work/loop.lua" synthetic-bars:500 --cash "$cash" --set strategy.deadline=200ms

# configuration
cat >"$work/a.conf" <<'CONF'
sim: { paper: { taker_fee = "0.001"; latency = "1ms"; }; };
risk: { max_order_qty: { limit = "0.5"; }; };
CONF
expect 0 "risk.max_order_qty.limit" config check "$work/a.conf"
expect 0 "sim.paper.profile" config check etc/outcry.conf
OUTCRY__SIM__PAPER__LATENCY=7ms expect 0 "7ms" config check "$work/a.conf"
printf 'sim: { paper: { taker_fee = 0.001; }; };\n' >"$work/float.conf"
expect 3 "a bare float is not exact" config check "$work/float.conf"
printf 'session: { seed = 3000000000; };\n' >"$work/long.conf"
expect 3 "write it with an L" config check "$work/long.conf"
printf 'sim: { paper: { latncy = "1ms"; }; };\n' >"$work/typo.conf"
expect 3 "did you mean 'sim.paper.latency'" config check "$work/typo.conf"
printf 'sim: { paper: { latency = "1ms"; latency = "2ms"; }; };\n' >"$work/twice.conf"
expect 3 "duplicate" config check "$work/twice.conf"
mkdir -p "$work/parts"
printf 'seed = 7;\n' >"$work/parts/seed.conf"
printf 'session: {\n@include "parts/seed.conf"\n};\n' >"$work/main.conf"
expect 0 "session.seed" config check "$work/main.conf"
"$outcry" config keys | awk '{print $1}' | while read -r key; do
    grep -qF "$(echo "$key" | sed 's/.*\.//')" etc/outcry.conf || echo "etc/outcry.conf does not document $key"
done >"$work/missing"
[ -s "$work/missing" ] && { cat "$work/missing"; bad=1; }


# U11: all faults at once, each with its place, and none that only follows from another one
cat >"$work/faults.conf" <<'END'
account: { cash = "10000 USDT"; cost_method = "lilo"; };
session: { seeds = 3; end = "never"; speed = "fast"; };
plugins: { folders = ["nowhere"]; };
risk: { chain = ["max_order_qty", "max_order_qty", "coffee_break", "price_collar"]; without = ["nothing", "price_collar"];
  max_order_qty: { limit = "lots"; limits = 3; for: { moons = ["x"]; owners = ["me"]; }; };
  gone: { limit = "3"; }; };
sim: { paper: { latency = "soon"; }; other: { x = 1; }; };
data: { readers = ["csv", "nosuch"]; };
END
expect 3 "21 faults" config check "$work/faults.conf"
printf 'venue: { a: { connector = "x.y.z"; acounts = ["m"]; environment = "local"; }; b: { connector = "x.y.z"; }; };\n' >"$work/venues.conf"
expect 3 "2 faults" config check "$work/venues.conf"
expect 3 "venue.a.accounts: it is not set" config check "$work/venues.conf"
expect 3 "venue.b.environment: it is not set" config check "$work/venues.conf"
checks=${OUTCRY__RESEARCH__CHECKS:-} trials=${OUTCRY__RESEARCH__TRIALS:-} writes=${OUTCRY__HISTORY__WRITE:-} # of the environment, which counts as settings too
unset OUTCRY__RESEARCH__CHECKS OUTCRY__RESEARCH__TRIALS OUTCRY__HISTORY__WRITE
expect 0 "good: 7 settings" config check sdk/examples/connector_loopback/day.conf
[ -n "$checks$trials" ] && export OUTCRY__RESEARCH__CHECKS="$checks" OUTCRY__RESEARCH__TRIALS="$trials"
[ -n "$writes" ] && export OUTCRY__HISTORY__WRITE="$writes"
# Without the rest of its id a plugin is known all the same.
echo "risk: { chain = [\"mine\"]; mine: { plugin = \"trading_hour\"; }; };" >"$work/rule.conf"
expect 3 "found 'trading_hour': did you mean outcry.trading_hours?" config check "$work/rule.conf"
expect 3 "risk.chain: it lacks max_order_qty, which the default chain has: add it, or say that it is meant: without = [\"max_order_qty\"];" config check "$work/rule.conf"
# What a rule judges by itself is a fault of the file, too, and its own words say which.
chain='"max_order_qty", "max_order_value", "price_collar", "position_limit", "message_rate", "max_daily_loss"'
for pair in "outcry.expression\"; allow = \"valu < 1:found 'valu'; expected a name" 'outcry.expression:risk.mine.allow: not set' \
    'outcry.trading_hours"; days = "mon-fry:risk.mine: plugin outcry.trading_hours: it did not open: trading_hours: days'; do
    echo "risk: { chain = [$chain, \"mine\"]; mine: { plugin = \"${pair%%:*}\"; }; };" >"$work/rule.conf"
    expect 3 "${pair#*:}" config check "$work/rule.conf"
    expect 3 "${pair#*:}" risk check buy 1 BTC/USDT @ 100 --cash '10 USDT' --config "$work/rule.conf"
done
for line in "2: unknown key: found 'session.seeds'" "1: account.cost_method: found 'lilo'" "2: session.end: found 'never'" \
    "2: session.speed: found 'fast'" "3: plugins.folders: there is no such" "risk.without: found 'nothing'" \
    "risk.without: found 'price_collar'" "it lacks max_order_value" "it lacks max_daily_loss" "expected each name once" \
    "outcry.coffee_break" "found 'moons'" "found 'me'" "risk.chain has no gone" "the list of venues has no other" \
    "found 'outcry.nosuch'" "risk.max_order_qty.limit: found 'lots'" "has no such key: found 'limits'" \
    "sim.paper.latency: found 'soon'"; do
    expect 3 "$line" config check "$work/faults.conf"
done

# words that mean nothing, numbers beyond what they may be: refused at once, and by `config check` too
wrong() { # WORDS OPTION KEY VALUE
    expect 3 "$1" backtest strategies/sma_cross.lua synthetic-bars:500 --cash "$cash" "--$2" "$4"
    wrong_key "$1" "$3" "$4"
}
wrong_key() { # WORDS KEY VALUE
    expect 3 "$1" backtest strategies/sma_cross.lua synthetic-bars:500 --cash "$cash" --set "$2=$3"
    expect 3 "$1" config check --set "$2=$3"
}
wrong "found 'x', expected close or hold" end session.end x
wrong "found 'disk', expected process or power" durability session.durability disk
wrong "found 'fast', expected 1x, 60x or max" speed session.speed fast
wrong "found 'rosy', expected neutral, pessimistic, optimistic or ideal" profile sim.paper.profile rosy
wrong "found '-1', expected a whole number from 0" seed session.seed -1
wrong "found '1.5', expected a decimal such as \"0.001\" or \"0.1%\", from 0 to 1 (share of a bar's volume)" volume-cap sim.paper.volume_cap 1.5
wrong "found '-5ms', expected a duration" latency sim.paper.latency -5ms
wrong "found '90000d', expected a duration" latency sim.paper.latency 90000d # Q38: beyond what time can hold
wrong "found '367d', expected a duration" latency sim.paper.entry_latency 367d
wrong "found '367d', expected a duration" latency sim.paper.response_latency 367d
wrong_key "found '11%', expected a decimal such as \"0.001\" or \"0.1%\", from -0.1 to 0.1 (share of the value)" sim.paper.taker_fee 11%
wrong_key "found '-0.101', expected a decimal such as \"0.001\" or \"0.1%\", from -0.1 to 0.1" sim.paper.maker_fee -0.101
wrong_key "found '0.11', expected a decimal such as \"0.001\" or \"0.1%\", from 0 to 0.1 (share of the price)" sim.paper.half_spread 0.11
wrong_key "found '-0.01', expected a decimal such as \"0.001\" or \"0.1%\", from 0 to 0.1 (share of the price)" sim.paper.half_spread -0.01
wrong_key "found 'hifo', expected average, fifo or lifo" account.cost_method hifo
wrong_key "found 'soon', expected a duration" strategy.deadline soon
wrong_key "found '0', expected a whole number from 1 to 366" report.periods_per_year 0
wrong_key "expected a UTC date" session.from yesterday
expect 2 "at most 10%" backtest strategies/sma_cross.lua synthetic-bars:500 --cash "$cash" --spread 10.1%
expect 0 "" backtest strategies/sma_cross.lua synthetic-bars:500 --cash "$cash" --spread 10% --fee taker=10%,taker=10%,maker=-10% --volume-cap 1 --quiet

# a time that leaves no data, and warm-up that takes all of them, are no empty reports
short="strategies/sma_cross.lua synthetic-bars:500"
for mode in "backtest $short" "paper strategies/sma_cross.lua --feed synthetic-bars:500"; do
    # shellcheck disable=SC2086
    {
        expect 3 "session.from: found '2024-02-01', expected a time before session.to, '2024-01-02'" $mode --cash "$cash" --from 2024-02-01 --to 2024-01-02
        expect 3 "expected a time before the last of the data, 2024-01-01T08:20:00Z: nothing could be traded" $mode --cash "$cash" --from 2024-02-01
        expect 3 "no data were read: session.to, '2023-12-31', is before what begins at 2024-01-01T00:00:00Z" $mode --cash "$cash" --to 2023-12-31
    }
done
expect 1 "warm-up took all data: its indicators need 10 more bars" backtest strategies/sma_cross.lua synthetic-bars:20 --cash "$cash"

# a run that ends halted says so with its exit code
expect 5 "halted by risk: " backtest strategies/sma_cross.lua synthetic-bars:3000 --cash "$cash" --fee taker=0.1% --set risk.max_daily_loss.limit=50
expect 5 "- halted by risk: " paper strategies/sma_cross.lua --feed synthetic-bars:3000 --cash "$cash" --fee taker=0.1% --set risk.max_daily_loss.limit=50

# what cannot be read or written is named
mkdir "$work/folder.lua" "$work/folder.csv" "$work/folder.conf"
expect 1 "open $work/folder.lua: it is a folder, expected a regular file" backtest "$work/folder.lua" synthetic-bars:500 --cash "$cash"
expect 1 "open $work/folder.csv: it is a folder, expected a regular file" backtest strategies/sma_cross.lua "$work/folder.csv" --cash "$cash"
expect 1 "--report $work/none/r.html: open $work/none/r.html: No such file" backtest strategies/sma_cross.lua synthetic-bars:500 --cash "$cash" --report "$work/none/r.html"

# risk check
expect 5 "QUANTITY_ABOVE_LIMIT" risk check buy 1 BTC/USDT @ 100 --config "$work/a.conf"
expect 0 "allowed" risk check buy 0.5 BTC/USDT @ 100 --config "$work/a.conf"
holds 'max_order_qty    allows   0.5 against 0.5' || say "risk check: what is used of a limit is not said: $(cat "$work/out")"
expect 5 "PRICE_OUTSIDE_COLLAR" risk check buy 1 BTC/USDT @ 106 --reference 100

# what a question rests on is said; a question that is not understood is not half taken
expect 0 "asked as of 2024-03-01T09:30:00Z, reference 100, an account of 50 USDT" risk check buy 0.1 BTC/USDT @ 100 --cash '50 USDT' --at 2024-03-01T09:30:00Z
expect 0 "reference none (--reference), an account that holds nothing: its funds are not judged (--cash)" risk check buy 0.1 BTC/USDT --at 2024-03-01
hours="--set risk.chain=max_order_qty,max_order_value,price_collar,position_limit,message_rate,max_daily_loss,hours --set risk.hours.plugin=outcry.trading_hours --set risk.hours.hours=09:00-17:00"
# shellcheck disable=SC2086
expect 0 "hours            allows" risk check buy 0.1 BTC/USDT @ 100 --at 2024-03-01T09:30:00Z $hours
# shellcheck disable=SC2086
expect 5 "hours            REFUSES  OUTSIDE_TRADING_HOURS" risk check buy 0.1 BTC/USDT @ 100 --at 2024-03-01T08:30:00Z $hours
holds 'HOURS: ' && say "risk check: numbers of a rule that has none"
"$outcry" risk check buy 5 BTC/USDT @ 100 --cash '50 USDT' --at 2024-03-01 --json >"$work/out" 2>&1
[ "$(jq -c '[.at, .reference, .cash, .allowed, (.rules | length), (.rules[-1] | .rule, .allowed, .reason, .used, .limit)]' "$work/out")" = \
    '["2024-03-01T00:00:00Z",100,"50 USDT",false,8,"account",false,"INSUFFICIENT_FUNDS",500,50]' ] || say "risk check --json: $(cat "$work/out")"
while IFS='|' read -r words said; do
    # shellcheck disable=SC2086
    expect 2 "$said" risk check $words
done <<'END'
buy x BTC/USDT|QTY: found 'x', expected a decimal
buy 1 BTC|found 'BTC', expected a symbol such as BTC/USDT
buy 1 BTC/USDT 5|found '5', expected @ PRICE behind the symbol
buy 1 BTC/USDT @ y|PRICE: found 'y'
buy 1 BTC/USDT --cash xx|--cash: found 'xx', expected amounts and currencies
buy 1 BTC/USDT --reference -|--reference: found '-'
buy 1 BTC/USDT --at noon|--at: found 'noon', expected a time
hold 1 BTC/USDT|found 'hold', expected buy or sell
END

# a session is recorded, agrees with itself, shows its report, and a paper session goes on
expect 0 "" backtest strategies/rsi_reversion.lua synthetic-bars:3000 --cash "$cash" --session "$work/s" --quiet
expect 0 "agrees with itself" replay "$work/s" --diff
expect 0 "rsi_reversion" report "$work/s"
# other data are said though they change no record: a changed bar, and one that is missing
{ echo time,open,high,low,close,volume; for i in 0 1 2 3 4 5 6 7 8; do echo "2024-01-01T00:0$i:00Z,100,101,99,100,5"; done; } >"$work/same.csv"
printf 'local n = 0\nfunction on_bar(m, b) n = n + 1 if n == 2 then m:buy(0.01) end end\n' >"$work/once.lua"
expect 0 "" backtest "$work/once.lua" "$work/same.csv" --cash "$cash" --end hold --session "$work/d" --quiet
expect 0 "agrees with itself" replay "$work/d"
sed -i 's/00:07:00Z,100,101/00:07:00Z,100,102/' "$work/same.csv"
expect 1 "the data are NOT those that it was recorded with" replay "$work/d"
expect 1 '"agrees":false' replay "$work/d" --json
expect 1 '"other_data":true' replay "$work/d" --json
expect 2 "usage" replay "$work/d" --json --diff
"$outcry" replay "$work/d" 2>&1 | grep -q "agrees with itself" && { echo "a replay on other data says that it agrees"; bad=1; }
sed -i '$d' "$work/same.csv"
expect 1 "the data are NOT those that it was recorded with" replay "$work/d"
expect 1 "/none/r.html: No such file" report "$work/s" --report "$work/none/r.html"
expect 1 "" backtest strategies/rsi_reversion.lua synthetic-bars:3000 --cash "$cash" --session "$work/s"
expect 1 "No such file" replay "$work/nothing"
expect 0 "" paper strategies/sma_cross.lua --feed synthetic-bars:2000 --speed max --cash "$cash" --session "$work/p" --quiet
expect 0 "going on" paper strategies/sma_cross.lua --feed synthetic-bars:2000 --cash "$cash" --session "$work/p"
# U14: a session that was gone on with reports all of itself
expect 0 "Round trips" paper strategies/sma_cross.lua --feed synthetic-bars:2000 --cash "$cash" --session "$work/p"
grep -v "^20.*going on\|^  speed" "$work/out" >"$work/p.own"
"$outcry" report "$work/p" | grep -v "^  speed" | cmp -s - "$work/p.own" || say "U14: started again, its own report is not that of its records"
expect 3 "paper needs --feed" paper strategies/sma_cross.lua --cash "$cash"
expect 3 "expected replay:FILE" paper strategies/sma_cross.lua --feed nowhere --cash "$cash"
expect 0 "outcry.paper" plugin list
expect 2 "" plugin

# Ctrl-C ends gracefully with a report
"$outcry" paper strategies/sma_cross.lua --feed synthetic-bars:100000 --speed 60x --cash "$cash" >"$work/out" 2>&1 &
pid=$!
until [ "$(cat /proc/$pid/comm)" = outcry ] && # the shell that becomes it listens too
    [ $((0x0$(sed -n 's/^SigCgt:[[:space:]]*//p' /proc/$pid/status) & 2)) = 2 ]; do sleep 0.05; done
kill -INT $pid
wait $pid
[ $? = 0 ] && grep -q "stopped by hand" "$work/out" && grep -q "Round trips" "$work/out" || { say "Ctrl-C:"; head -5 "$work/out"; }

# a session that goes on starts from the same money, and has figures of its own; it is killed long before its end, however slow the machine
"$outcry" paper strategies/sma_cross.lua --feed synthetic-bars:40000 --speed 30000x --listen none --cash '10000 USDT, 1 BTC' --session "$work/on" >/dev/null 2>&1 &
pid=$!
until [ "$("$outcry" report "$work/on" --json 2>/dev/null | jq '.trades.fills')" -gt 0 ] 2>/dev/null; do sleep 0.05; done
kill -9 $pid || say "the session ended before it was killed"
wait $pid 2>/dev/null
on="paper strategies/sma_cross.lua --feed synthetic-bars:40000 --cash"
# shellcheck disable=SC2086
{
    "$outcry" $on '10000 USDT, 1 BTC' --json | jq -r .money.start >"$work/whole"
    "$outcry" $on '10000 USDT, 1 BTC' --session "$work/on" --json >"$work/on.json" 2>/dev/null
}
[ "$(jq -r .money.start "$work/on.json")" = "$(cat "$work/whole")" ] || say "after a restart the start is $(jq -r .money.start "$work/on.json"), not $(cat "$work/whole")"
jq -e '.risk.max_drawdown > 0 and .trades.fills > 0 and .trades.fills_before_restart == 0 and (.trips | length) >= .trades.round_trips' "$work/on.json" >/dev/null || say "U14: not the figures of the whole session after a restart: $(jq -c '[.risk.max_drawdown, .trades]' "$work/on.json")"

# Q29: stopping by hand never trades, whatever --end says; the end of the data closes what is held, once
hold="paper strategies/buy_and_hold.lua --feed synthetic-bars:40000 --listen none --session $work/hand"
# shellcheck disable=SC2086
"$outcry" $hold --cash "$cash" --speed 30000x --end close >"$work/out" 2>&1 &
pid=$!
until [ "$("$outcry" report "$work/hand" --json 2>/dev/null | jq '.trades.fills')" -gt 0 ] 2>/dev/null; do sleep 0.05; done
kill -INT $pid || say "the session ended before it was stopped"
wait $pid
found=$("$outcry" report "$work/hand" --json | jq -c '[.trips[0].open, .trades.closed_by_end]')
[ "$found" = '[true,0]' ] || say "stopped by hand: open, closed by the end: $found"
for start in first second; do
    # shellcheck disable=SC2086
    "$outcry" $hold --cash "$cash" --quiet >/dev/null 2>&1
    expect 0 "the session agrees with itself" replay "$work/hand"
    "$outcry" report "$work/hand" --json | jq -c '[.trades.fills, .money, .trades.closed_by_end, .trips[0].open, .hashes.orders]' >"$work/hand.$start"
done
grep -q ',1,false,' "$work/hand.first" && cmp -s "$work/hand.first" "$work/hand.second" || say "gone on with to the end, twice: $(cat "$work/hand.first" "$work/hand.second")"

# a session of so much data time
for hours in 2 2 3; do
    "$outcry" paper strategies/sma_cross.lua --feed synthetic-bars:1000 --duration ${hours}h --cash "$cash" --json | jq -r '.hashes.input'
done >"$work/durations"
[ "$(sort -u "$work/durations" | wc -l)" = 2 ] && [ "$(head -2 "$work/durations" | sort -u | wc -l)" = 1 ] || say "--duration does not hold"

# the hashes: a tick that a fill depends on changes both, any other tick the input hash only
{ echo "time,open,high,low,close,volume"; i=0; while [ $i -lt 60 ]; do echo "$((1700000000 + i * 60)),100.0,101.0,99.0,100.0,50000"; i=$((i + 1)); done; echo 1700003600,100.1,101.1,99.1,100.1,50000; } >"$work/flat.csv"
hashes() { "$outcry" backtest strategies/buy_and_hold.lua "$1" --symbol BTC/USDT --cash "$cash" --end hold --json | jq -r '.hashes.orders + " " + .hashes.input'; }
# the step is inferred from all prices: the last row has tenths in each file
whole=$(hashes "$work/flat.csv")
sed '3s/100.0,101.0/100.1,101.0/' "$work/flat.csv" >"$work/fill.csv"
sed '40s/100.0,50000/100.1,50000/' "$work/flat.csv" >"$work/tick.csv"
fill=$(hashes "$work/fill.csv")
tick=$(hashes "$work/tick.csv")
[ "${whole% *}" != "${fill% *}" ] && [ "${whole#* }" != "${fill#* }" ] || say "a tick under a fill: $whole, then $fill"
[ "${whole% *}" = "${tick% *}" ] && [ "${whole#* }" != "${tick#* }" ] || say "another tick: $whole, then $tick"

# figures: a holding of the start is no profit but for what its price moves, nothing before --from counts, working days make a year of 252
printf 'function on_bar(m, b) end\n' >"$work/idle.lua"
figure() { # EXPECTED QUERY ARGUMENTS...
    want=$1
    query=$2
    shift 2
    found=$("$outcry" backtest "$@" --json | jq -r "$query")
    [ "$found" = "$want" ] || say "$query of $*: $found, expected $want"
}
figure "10500 0.5" '"\(.money.start|tonumber) \(.money.profit|tonumber)"' "$work/idle.lua" "$work/flat.csv" --symbol BTC/USDT --cash '10000 USDT, 5 BTC'
{ echo "time,open,high,low,close,volume"; i=0; while [ $i -lt 28 ]; do echo "$((1704067200 + i * 86400)),$((100 + i)),200,50,$((101 + i)),50000"; i=$((i + 1)); done; } >"$work/daily.csv"
figure "10635 5" '"\(.money.start|tonumber) \(.money.profit|tonumber)"' "$work/idle.lua" "$work/daily.csv" --symbol BTC/USDT --cash '10000 USDT, 5 BTC' --from 2024-01-28
figure "2 2024-01-28T00:00:00Z" '"\(.risk.days) \(.from)"' "$work/idle.lua" "$work/daily.csv" --symbol BTC/USDT --cash "$cash" --from 2024-01-27
figure "10240 365" '"\(.money.buy_and_hold|tonumber) \(.risk.periods_per_year)"' "$work/idle.lua" "$work/daily.csv" --symbol BTC/USDT --cash "$cash" --from 2024-01-26
{ echo "time,open,high,low,close,volume"; i=0; while [ $i -lt 42 ]; do [ $((i % 7)) -ge 5 ] || echo "$((1704067200 + i * 86400)),$((100 + i)),200,50,$((101 + i)),50000"; i=$((i + 1)); done; } >"$work/sessions.csv"
figure 252 .risk.periods_per_year "$work/idle.lua" "$work/sessions.csv" --symbol SPY --cash '10000 USD'
figure 19.47 '.risk.cagr * 100 | round / 100' "$work/idle.lua" "$work/sessions.csv" --symbol SPY --cash '10000 USD, 5000 SPY'
figure 260 .risk.periods_per_year "$work/idle.lua" "$work/sessions.csv" --symbol SPY --cash '10000 USD' --set report.periods_per_year=260
expect 0 "no data fall on a Saturday" backtest "$work/idle.lua" "$work/sessions.csv" --symbol SPY --cash '10000 USD'

# several strategies and instruments at once
sed 's/100.0/10.0/g; s/101.0/10.1/; s/,99.0/,9.9/' "$work/flat.csv" >"$work/ethusdt.csv"
cp "$work/flat.csv" "$work/btcusdt.csv"
expect 0 "" backtest strategies/sma_cross.lua strategies/buy_and_hold.lua "$work/btcusdt.csv" "$work/ethusdt.csv" --cash "$cash" --json
jq -e '.trades.fills > 0' "$work/out" >/dev/null || say "two strategies on two instruments made no fill"
[ "$(jq -r '"\(.symbol); \(.data)"' "$work/out")" = "BTC/USDT, ETH/USDT; $work/btcusdt.csv, $work/ethusdt.csv" ] || say "the head names $(jq -r '"\(.symbol); \(.data)"' "$work/out")"
mkdir -p "$work/$(printf '%0120d' 0)"
cp "$work/btcusdt.csv" "$work/ethusdt.csv" "$work/$(printf '%0120d' 0)"
expect 0 "2 files, the first" backtest strategies/sma_cross.lua "$work"/0*/*.csv --cash "$cash"

# the paper venue has no contracts
for symbol in BTC/USDT:USDT BTC/USD:BTC BTC/USDT:USDT-241231 BTC/USDT:USDT-241231-60000-P; do
    expect 3 "not supported by the paper venue yet: spot symbols only" backtest "$work/idle.lua" "$work/flat.csv" --symbol "$symbol" --cash "$cash"
done

# two files of one symbol: quotes beside bars, but not two of a kind
cp "$work/flat.csv" "$work/btcusdt_2.csv"
expect 3 "found 'bars and bars of one symbol, BTC/USDT', expected one file of a symbol" backtest "$work/idle.lua" "$work/btcusdt.csv" "$work/btcusdt_2.csv" --cash "$cash"
expect 3 "leave --symbol away" backtest "$work/idle.lua" "$work/btcusdt.csv" "$work/ethusdt.csv" --symbol BTC/USDT --cash "$cash"
{ echo "time,bid,ask,bid_size,ask_size"; i=0; while [ $i -lt 60 ]; do echo "$((1700000030 + i * 60)),99.95,100.05,1000,1000"; i=$((i + 1)); done; } >"$work/btcusdt_quotes.csv"
expect 0 "bars of $work/btcusdt.csv beside quotes of" backtest strategies/buy_and_hold.lua "$work/btcusdt.csv" "$work/btcusdt_quotes.csv" --cash "$cash" --end hold
expect 0 "" backtest strategies/buy_and_hold.lua "$work/btcusdt.csv" "$work/btcusdt_quotes.csv" --cash "$cash" --end hold --json
jq -e '.trips[0].entry_price > 100 and .trips[0].entry_price < 100.1' "$work/out" >/dev/null || say "steps of 1 and 0.01: bought at $(jq -r '.trips[0].entry_price' "$work/out")"

# a program reads what failed: one object on the standard output where there is no report, and the same words for a person
told() { # CODE QUERY EXPECTED ARGUMENTS...
    code=$1
    query=$2
    want=$3
    shift 3
    "$outcry" "$@" >"$work/told" 2>"$work/err"
    found=$?
    [ $found = "$code" ] || say "outcry $*: exit $found, expected $code"
    [ "$(jq -s length "$work/told")" = 1 ] || { say "outcry $*: not one object:"; head -3 "$work/told"; }
    found=$(jq -r "$query" "$work/told")
    [ "$found" = "$want" ] || { say "$query of outcry $*: $found, expected $want"; head -3 "$work/told"; }
    grep -q '^outcry: ' "$work/err" || say "outcry $*: nothing is said to a person"
}
bars="strategies/sma_cross.lua synthetic-bars:500"
# shellcheck disable=SC2086
{
    told 3 '.error | "\(.where) \(.found) \(.expected)"' "cash plenty an amount and a currency: '10000 USDT'" backtest $bars --cash plenty --json
    told 3 '.error | keys | join(" ")' "expected found remedy what where" backtest $bars --json
    told 2 .error.remedy "did you mean --profile?" backtest $bars --profle ideal --json
    told 2 .error.what "unknown option" backtest $bars --json --profle ideal
    told 3 '.error | "\(.where) \(.found)"' "--set: session.end x" backtest $bars --json --set session.end=x
    told 1 .error.where "$work/broken.lua:4" backtest "$work/broken.lua" synthetic-bars:500 --cash "$cash" --json
    told 3 .error.found nowhere paper strategies/sma_cross.lua --feed nowhere --cash "$cash" --json
    told 1 .error.where "journal $work/nothing" report "$work/nothing" --json
    told 2 .error.where report report --json
    told 1 .mode backtest backtest $bars --cash "$cash" --json --report "$work/none/r.html"
}
"$outcry" backtest "$(printf 'a\033[2Jb.lua')" synthetic-bars:500 --cash "$cash" >"$work/out" 2>&1
grep -q "$(printf '\033')" "$work/out" && say "a control character of a name reaches the terminal"

# limits of what is given are said, and what is at a limit is taken
: >"$work/empty.csv"
files=$(for i in $(seq 1000); do echo "$work/empty.csv"; done)
long=$work/$(printf '%01024d' 0)
near=$work$(printf '/.%.0s' $(seq 600))
confs=$(for i in $(seq 17); do echo "$work/a.conf"; done)
# shellcheck disable=SC2086
{
    expect 1 "at most 1000 data files" paper strategies/sma_cross.lua $files --feed synthetic-bars:5 --cash "$cash"
    expect 1 "at most 1000 data files" backtest strategies/sma_cross.lua $files more.csv --cash "$cash"
    expect 3 "at most 16 files" config check $confs
    expect 2 "at most 1024" config check $(seq 1025)
}
OUTCRY__SESSION__DIR=$long expect 3 "expected a key below 96 and a value below 1024 bytes" config check
expect 1 "the path is too long" backtest $bars --cash "$cash" --session "$(echo "$near" | cut -c1-1021)"

# a console that finds no host, and one whose folder of sockets is open to others
mkdir -m 700 "$work/own" "$work/open"
mkdir -m 755 "$work/open/outcry"
XDG_RUNTIME_DIR=$work/own expect 1 "--attach: no host is listening: start one" console --attach
XDG_RUNTIME_DIR=$work/open expect 1 "it must be ours alone" console --attach

# JSON of the verbs that show something
json() { # FILTER ARGUMENTS...
    filter=$1
    shift
    "$outcry" "$@" --json >"$work/json" 2>&1 || say "$*: exit $?"
    jq -e "$filter" "$work/json" >/dev/null || { say "$* --json:"; head -c 400 "$work/json"; }
}
json '.version and .build and .abi' version
json '[.settings[] | select(.key == "research.trials" and .value == "no" and .origin == "environment")] | length == 1' config check
json '[.keys[] | select(.key == "risk.max_order_qty.limit" and .range == "0..")] | length == 1' config keys
json '[.plugins[] | select(.id == "outcry.paper" and .from == "ours" and (.used_by | length) == 1)] | length == 1' plugin list
json '.rows | length == 1 and .[0].row == "json" and ([.[0].figures[] | select(.value > 0 and .unit)] | length) == 7' bench json
for dir in one two; do
    "$outcry" backtest strategies/sma_cross.lua synthetic-bars:200 --cash "$cash" --session "$work/$dir" --quiet >/dev/null
done
json '.same and (.text | startswith("the same"))' diff "$work/one" "$work/two"

# a page that stands alone
expect 0 "report:" backtest strategies/sma_cross.lua synthetic-bars:500 --cash "$cash" --report "$work/r.html"
grep -qE 'src="http|href="http' "$work/r.html" && say "the report page needs the network"

[ $bad = 0 ] && echo "the command line answers as it says"
exit $bad
