#!/bin/sh
# report_records.sh OUTCRY (A4): `report` shows what was recorded. It runs no strategy; where the data are gone or others it takes
# the marks of the last checkpoint and the steps of the header, and says so.
set -u
outcry=$(realpath "$1")
work=$(mktemp -d)
trap "rm -rf $work" EXIT
fail() { echo "$*"; exit 1; }
cd "$work" || exit 1
cat >chance.lua <<'LUA'
local count, market = 0, nil
function on_init(m)
  market = m
  every("1h", function()
    count = count + 1
    if math.random() < 0.5 then
      if market.position.qty == 0 then market:buy(0.01) else after("5m", function() market:close() end) end
    end
  end)
end
LUA
awk 'BEGIN { srand(5); price = 10000; print "ts_ms,open,high,low,close,volume"
    for (i = 0; i < 6000; i++) { open = price; price += int(rand() * 41) - 20; high = open > price ? open : price
        low = open + price - high
        printf "%.0f,%.2f,%.2f,%.2f,%.2f,%d\n", 1700000040000 + i * 60000, open / 100, high / 100 + 0.02, low / 100 - 0.02, price / 100, 1 + rand() * 50 } }' >data.csv
cp data.csv data.kept

"$outcry" backtest chance.lua data.csv --symbol D/USDT --session live --cash '10000 USDT' --end hold --json >run.json 2>err || { cat err; fail "the run"; }
[ "$(jq .trades.fills run.json)" -gt 20 ] || fail "too few fills: $(jq .trades.fills run.json)"

# its own report, word for word, without the strategy and without what a running host leaves
rm -f chance.lua
"$outcry" report live --json >report.json 2>err || { cat err; fail "the report"; }
jq -S 'del(.speed.seconds)' run.json >a
jq -S 'del(.speed.seconds)' report.json >b
cmp -s a b || { diff a b | head; fail "the report is not that of the run"; }

# without the file that says how far the data had been read, it says what its figures are as of
mv live/live kept
"$outcry" report live --json >other.json 2>err || { cat err; fail "the report without live/live"; }
jq -r '.notes[]' other.json | grep -q 'as of the last record' || fail "that live/live is missing is not said"
[ "$(jq -c '[.trades.fills, .hashes.orders]' other.json)" = "$(jq -c '[.trades.fills, .hashes.orders]' run.json)" ] ||
    fail "without live/live other fills: $(jq -c .trades other.json)"
mv kept live/live

# all but what the last price says
of_records() { jq -c '[.money.start, .money.fees, (.trades | del(.exposure, .ambiguous_bars)), .hashes]' "$1"; }
other() { # WHAT: the data are not those of the records
    "$outcry" report live --json >other.json 2>err || { cat err; fail "$1: no report"; }
    jq -r '.notes[]' other.json | grep -q '^prices: the data .* the last checkpoint' || fail "$1: nothing is said of the prices"
    [ "$(of_records other.json)" = "$(of_records run.json)" ] || fail "$1: $(of_records other.json), the run's $(of_records run.json)"
    [ "$(jq '.curve | length' other.json)" = 0 ] || fail "$1: a curve without prices"
    "$outcry" report live >text 2>err || fail "$1: no text"
    grep -q 'the data are not those of the records' text || fail "$1: the text does not say it"
}
sed '100s/,[0-9]*$/,999/' data.kept >data.csv
other "a changed volume"
sed '100s/^\([0-9]*\),\([0-9.]*\),/\1,\23,/' data.kept >data.csv
other "a changed step"
mv live/live kept # then no hash of the data is known: their steps alone tell
"$outcry" report live --json >other.json 2>err || { cat err; fail "a changed step without live/live: no report"; }
jq -r '.notes[]' other.json | grep -q '^prices: the data' || fail "a changed step without live/live: taken as the data of the records"
mv kept live/live
head -n 50 data.kept >data.csv
other "a shorter file"
rm data.csv
other "no file"
cp data.kept data.csv
"$outcry" report live --json >report.json 2>err || { cat err; fail "the report again"; }
jq -S 'del(.speed.seconds)' report.json | cmp -s a - || fail "with its data again the report is another"

# killed: what is recorded, and not what would have come
cat >often.lua <<'LUA'
local count = 0
function on_bar(m, b)
  count = count + 1
  if m:busy() then return end
  if m.position.qty == 0 and math.random() < 0.5 then m:buy(0.01) else m:close() end
end
LUA
"$outcry" paper often.lua --feed synthetic-bars:100000 --cash '10000 USDT' --session cut --json --speed 60000x >/dev/null 2>err &
pid=$!
tries=0
until [ -s cut/live ]; do
    tries=$((tries + 1))
    [ $tries -lt 200 ] || fail "no session is recorded"
    sleep 0.02
done
sleep 0.5
kill -9 $pid
wait $pid 2>/dev/null
rm -f often.lua cut/live
"$outcry" report cut --json >first.json 2>err || { cat err; fail "the report of a killed session"; }
fills=$(jq .trades.fills first.json)
[ "$fills" -gt 0 ] && [ "$fills" -lt 30000 ] || fail "$fills fills"
jq -r '.notes[]' first.json | grep -q 'was not ended' || fail "that it was killed is not said"
"$outcry" report cut --json | cmp -s - first.json || fail "the report of a killed session is another the second time"
# killed before its first event, or with its mark lost: a replay ends where the records do
"$outcry" replay cut >out 2>&1 || { tail -n 2 out; fail "the replay of a killed session whose mark is lost"; }
cat >waits.lua <<'LUA'
function on_init(m) every("1d", function() m:buy(0.001) end) end
LUA
"$outcry" paper waits.lua --feed synthetic-bars:5000 --speed 1x --session early --cash '10000 USDT' --listen none >out 2>err &
pid=$!
turns=0
until [ -s early/session-000000 ] && [ -f early/live ]; do
    sleep 0.05
    turns=$((turns + 1))
    [ $turns -lt 200 ] || fail "the session did not begin"
done
sleep 0.2
kill -9 $pid
wait $pid 2>/dev/null
"$outcry" replay early >out 2>&1 || { tail -n 2 out; fail "the replay of a session killed before its first event"; }
echo "a report is what was recorded: $(jq .trades.fills run.json) fills, killed with $fills"
