#!/bin/sh
# recorded_source.sh OUTCRY: a session keeps the text of its strategies and of what they require. A replay, and a session that is
# killed and goes on, use what was recorded, whatever the files hold by then; the second says so.
set -u
outcry=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "$*"; exit 1; }
cd "$work" || exit 1
cat >s.lua <<'LUA'
strategy { name = "s", timeframe = "1m" }
local size = require "size"
local again = require('size')
require "nothing"
function on_bar(m, b)
  if m:busy() then return end
  if m.position.qty == 0 then m:buy(size.of(b)) else m:close() end
end
LUA
cat >size.lua <<'LUA'
local unit = require "unit"
local size = {}
function size.of(b) return unit.one * 2 end
return size
LUA
echo 'return { one = 0.001 }' >unit.lua
: >nothing.lua # an empty file is one too
go() { exec "$outcry" paper s.lua --feed synthetic-bars:4000 --cash '10000 USDT' --session "$1" --json --speed "$2"; }

(go whole max) >whole.json 2>err || { cat err; exit 1; }
[ "$(jq .trades.fills whole.json)" -gt 3000 ] || fail "too few fills: $(jq .trades.fills whole.json)"
grep -aq '^module 4:unit ' whole/session-000000 || fail "a required file is not in the header"
go cut 60000x >cut.json 2>err &
pid=$!
tries=0
until [ -s cut/live ]; do
    tries=$((tries + 1))
    [ $tries -lt 200 ] || fail "no session is recorded"
    sleep 0.02
done
sleep 0.3
kill -9 $pid
wait $pid 2>/dev/null

echo 'return { one = 0.002 }' >unit.lua
echo 'error("not this one")' >s.lua
"$outcry" replay whole >out 2>&1 || { cat out; fail "the replay takes the files of today"; }
(go cut max) >cut.json 2>err || { cat err; fail "it does not go on"; }
grep -q 's.lua has changed since' err || { cat err; fail "that the file has changed is not said"; }
for key in money.final trades.fills; do
    [ "$(jq ".$key" whole.json)" = "$(jq ".$key" cut.json)" ] || fail "$key: $(jq ".$key" cut.json), uninterrupted $(jq ".$key" whole.json)"
done
"$outcry" replay cut >out 2>&1 || { cat out; fail "the replay of the session that went on differs"; }
rm s.lua size.lua unit.lua nothing.lua
"$outcry" replay whole >out 2>&1 || { cat out; fail "the replay needs the files"; }
grep -aq '^module 7:nothing 0: ' whole/session-000000 || fail "an empty required file is not in the header"
echo "recorded texts are what a replay and a restart run"

# A16: a file of another session in the folder is refused by all that read it: it would be a mixture that nobody recorded.
echo 'function on_bar(m) if m.position.qty == 0 then m:buy(0.01) else m:close() end end' >t.lua
for seed in 1 7; do
    "$outcry" paper t.lua --feed synthetic-bars:12000 --seed $seed --duration 9000m --cash '10000 USDT' --listen none --session a$seed --json >a$seed.json 2>err || fail "A16: $(cat err)"
done
for file in live session-000000 orders-000000.oj "$(cd a7 && ls checkpoint-*)"; do
    rm -rf mixed
    cp -r a1 mixed
    case $file in check*) rm mixed/checkpoint-* ;; esac
    cp "a7/$file" mixed
    for verb in "report mixed" "replay mixed" "paper t.lua --feed synthetic-bars:12000 --cash 10000USDT --listen none --session mixed"; do
        # shellcheck disable=SC2086
        "$outcry" $verb >out 2>err
        code=$?
        [ $code = 1 ] || fail "A16: $file of another session: ${verb%% *}: exit $code, expected 1"
        grep -q 'is of another session than the records' err || fail "A16: $file of another session: ${verb%% *}: $(cat err)"
    done
done
"$outcry" paper t.lua --feed synthetic-bars:12000 --cash '10000 USDT' --listen none --session a1 >out 2>err || fail "A16: its own files are taken: $(cat err)"
echo "A16: files of another session are refused"
