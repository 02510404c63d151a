#!/bin/sh
# armed_terminal.sh OUTCRY OUTCRY_VENUE: arming at a terminal: what is at stake is on the screen, another name leaves, the account's name arms; closing
# the terminal ends nothing.
set -u
command -v tmux >/dev/null || { echo "SKIPPED: tmux is not installed, so nothing was armed at a terminal"; exit 77; }
. "$(dirname "$0")/kit.sh"
server="armed-$$"
unset TMUX
tm() { tmux -L "$server" -f /dev/null "$@"; }
trap 'tm kill-server 2>/dev/null; [ -s pids ] && kill -9 $(cat pids) 2>/dev/null; [ -z "$venue" ] || kill -9 $venue 2>/dev/null; rm -rf "$w"' EXIT
shows() {
    for _ in $(seq 200); do tm capture-pane -p -t at 2>/dev/null | grep -qF -- "$1" && return 0; sleep 0.05; done
    tm capture-pane -p -t at
    fail "the screen does not show '$1'"
}
start_venue --every 100ms
conf main.conf
cat >arm.sh <<ARM
echo \$\$ >pids
exec "$outcry" run day.lua --venue plain --config main.conf --plugin plain="$w/plain.so" --live main --capital '500 USDT' --max-order-value 100 --max-position 0.01 --waive day_loss --listen "$w/run/socket" --session "\$1"
ARM
tm new-session -d -s at -x 150 -y 50 "env PS1='sh$ ' sh" || fail "tmux does not start"
tm send-keys -t at 'sh arm.sh a' Enter
shows 'REHEARSAL of live: account main at plain, environment local: no real money'
shows 'limits      max_order_value 100, position_limit 0.01, max_daily_loss WAIVED'
shows "Type the account's name to arm it; anything else leaves:"
tm send-keys -t at 'mian' Enter
shows "not armed: nothing was sent: found 'mian', expected the account's name, main"
tm send-keys -t at 'clear; sh arm.sh b' Enter
shows "Type the account's name to arm it; anything else leaves:"
tm send-keys -t at C-c
shows 'not armed: nothing was sent'
tm send-keys -t at 'clear; sh arm.sh c' Enter
shows "Type the account's name to arm it; anything else leaves:"
tm send-keys -t at 'main' Enter
until_said . pids
trades() { console 'print("fills", #fills(500))' | sed -n 's/^fills[[:space:]]*//p'; }
for _ in $(seq 200); do [ "$(trades)" -ge 1 ] 2>/dev/null && break; sleep 0.1; done
[ "$(trades)" -ge 1 ] || fail "nothing is traded behind the answer"
console 'status' >said
grep -q 'LIVE' said || fail "it is not LIVE: $(cat said)"
tm kill-server # the terminal is gone
sleep 1
kill -0 "$(cat pids)" || fail "it does not survive its terminal"
before=$(trades)
for _ in $(seq 100); do [ "$(trades)" -gt "$before" ] && break; sleep 0.1; done
[ "$(trades)" -gt "$before" ] || fail "it does not trade on: $before, $(trades)"
kill -TERM "$(cat pids)"
for _ in $(seq 100); do kill -0 "$(cat pids)" 2>/dev/null || break; sleep 0.1; done
kill -0 "$(cat pids)" 2>/dev/null && fail "SIGTERM does not end it"
: >pids
"$outcry" replay c --diff >said 2>&1 || fail "the replay differs: $(cat said)"
echo quit >&8
wait $venue
venue=
echo "armed at a terminal"
