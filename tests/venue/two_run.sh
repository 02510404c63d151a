#!/bin/sh
# two_run.sh OUTCRY OUTCRY_VENUE: two sessions at once on one key ask for as many orders as they can. They stay within one limit together: the
# venue, which counts, tells nobody to wait; each session says that it waited.
set -u
. "$(dirname "$0")/kit.sh"
start_venue --every 10ms
conf main.conf
cat >day.lua <<'END'
strategy { name = "day" }
local count = 0
function on_trade(m, t)
  count = count + 1
  m:buy { qty = 0.001, price = t.price * 0.9 }
  if count % 10 == 0 then m:cancel_all() end
end
END
begin one
other=$pid
until_said 'is compared with what is known' err
"$outcry" run day.lua --venue plain --config main.conf --plugin plain="$w/plain.so" --cash '100000 USDT' --session two --json --listen none \
    >two.json 2>two.err &
pid=$!
until_said 'is compared with what is known' two.err
sleep 4
kill -INT $pid $other
wait $pid || fail "two ends with $?: $(tail -n 3 two.err)"
wait $other || fail "one ends with $?: $(tail -n 3 err)"
pid=
echo list >&8
until_said '^ledger: adds up' venue.log
grep -q '^0 times told to wait, 0 bans' venue.log || fail "the venue told them to wait: $(grep 'told to wait' venue.log)"
orders=$(sed -n 's/.* messages, \([0-9]*\) orders asked for.*/\1/p' venue.log | tail -n 1)
[ "$orders" -ge 80 ] && [ "$orders" -le 180 ] || fail "$orders orders of two windows at most, of 90 each"
for name in one two; do
    jq -e '.venues.sent > 0 and .venues.limit_waits > 0 and .venues.told_to_wait == 0' $name.json >/dev/null || fail "$name: $(jq -c .venues $name.json)"
    "$outcry" replay $name --diff >said 2>&1 || fail "$name: the replay differs: $(cat said)"
done
echo quit >&8
wait $venue
venue=
echo "$orders orders of two sessions within one limit"
