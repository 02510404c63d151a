#!/bin/sh
# settings.sh SOURCE_DIR BUILD_DIR CC: the rules of a session have other settings, and another chain, from one start to the next: each
# part of it is replayed under those that held there, to the byte, and its report says where they changed (B2). What makes the fills
# is not changed within one session.
set -u
. "$1/tests/outside/house.sh"
cd "$w" || exit 1
mkdir plugins
cp so/rule_cooldown.so so/rule_limits.so plugins
others='"max_order_qty", "max_order_value", "price_collar", "position_limit", "message_rate", "max_daily_loss"'
cat >rules.conf <<END
plugins: { folders = ["plugins"]; };
risk: { chain = ["pause", $others]; pause: { plugin = "org.example.cooldown"; losses = 2; minutes = 20; }; };
END
cat >more.conf <<END
plugins: { folders = ["plugins"]; };
risk: { chain = ["pause", "own", $others]; strict = true; pause: { plugin = "org.example.cooldown"; losses = 3; minutes = 7; };
  own: { plugin = "org.example.limits"; limits = ( { instrument = "BTC/USDT"; limit = "0.5"; } ); }; };
END
words=
stand() {
    # shellcheck disable=SC2086
    exec "$outcry" console trips.lua --feed synthetic-bars:20000 --cash '100000 USDT' --fee taker=0.1% --session cut --paused $words
}
ends() { # MORE...: in paper, to the end of the data
    # shellcheck disable=SC2086
    "$outcry" paper trips.lua --feed synthetic-bars:20000 --cash '100000 USDT' --fee taker=0.1% --session cut --speed max "$@" \
        >out 2>&1 || fail "it does not go on: $(tail -n 5 out)"
}
asks='print("denied by " .. tostring(select(2, m:buy { qty = 0.3 }).code))'

# The largest order, of a built-in rule: without, then less, then more.
kill_lines 'step 700'
words='--set risk.max_order_qty.limit=0.2'
kill_lines "step 100
$asks"
grep -q 'denied by QUANTITY_ABOVE_LIMIT' said || fail "the limit of this start does not hold: $(cat said)"
replays "$w/cut" "a limit that came at the second start"
words='--set risk.max_order_qty.limit=0.4 --set risk.message_rate.rate=3'
kill_lines "step 300
print('bought ' .. tostring(m:buy { qty = 0.3 } ~= nil))
step 3"
grep -q 'bought true' said || fail "the limit of the start before holds still: $(cat said)"
replays "$w/cut" "a limit that was raised at the third start"
"$outcry" report cut --json 2>out | jq -r '.notes[]' >said
grep -q 'rules: other settings from record [0-9]* on: risk.max_order_qty.limit 0.2 (before: not set)$' said || fail "not reported: $(cat said)"
grep -q 'risk.max_order_qty.limit 0.4 (before: 0.2), risk.message_rate.rate 3 (before: not set)$' said || fail "not reported: $(cat said)"
words=
kill_lines 'step 5000'
replays "$w/cut" "limits that were taken away, and checkpoints since"
words='--set risk.max_order_qty.limit=0.2'
kill_lines 'step 5000'
replays "$w/cut" "a limit from behind a checkpoint on"
kill_lines 'step 10'
ends --set risk.max_order_qty.limit=0.2
replays "$w/cut" "five starts"
echo "limits of a built-in rule: each part under its own"

# A rule of an outsider with state, another chain, rules that come and go.
rm -rf cut
words='--config rules.conf'
kill_lines 'step 900'
words='--config rules.conf --set risk.pause.minutes=3'
kill_lines 'step 900'
replays "$w/cut" "another pause"
words='--config more.conf'
kill_lines "step 900
print('denied by ' .. tostring(select(2, m:buy { qty = 0.7 }).code))"
grep -q 'denied by ' said || fail "$(cat said)"
replays "$w/cut" "a rule more, and asked twice"
words='--config rules.conf --set risk.dropped=own'
kill_lines 'step 4500'
replays "$w/cut" "a rule that was dropped"
ends --config rules.conf
replays "$w/cut" "to its end"
echo "chains: each part under its own"

# The same session in one go is not it: the settings did something.
"$outcry" paper trips.lua --feed synthetic-bars:20000 --cash '100000 USDT' --fee taker=0.1% --session whole --speed max \
    --config rules.conf --json >whole.json 2>out || fail "$(cat out)"
[ "$("$outcry" report cut --json 2>out | jq .hashes.meaning)" != "$(jq .hashes.meaning whole.json)" ] || fail "nothing was changed"

# A rule that cannot live with what it saved ends the start, and nothing is recorded of it: the one before goes on.
"$outcry" report cut --json 2>out | jq .hashes.order_records >before
"$outcry" paper trips.lua --feed synthetic-bars:20000 --cash '100000 USDT' --fee taker=0.1% --session cut --speed max \
    --config rules.conf --set risk.pause.minutes=many >out 2>&1 && fail "a wrong value is taken"
"$outcry" report cut --json 2>out | jq .hashes.order_records >after
cmp -s before after || fail "a start that was refused is recorded: $(cat before after)"

# What fills is what a session is: another fee is another session, and is refused with the way out.
"$outcry" paper trips.lua --feed synthetic-bars:20000 --cash '100000 USDT' --fee taker=0.2% --session cut --speed max \
    --config rules.conf >out 2>&1 && fail "another fee is taken"
grep -q 'sim.paper.taker_fee' out && grep -q 'give what it began with, or another folder' out || fail "another fee: $(cat out)"
replays "$w/cut" "after what was refused"
echo "outside_settings: passed"
