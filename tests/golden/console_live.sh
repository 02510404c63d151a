#!/bin/sh
# console_live.sh OUTCRY: a rehearsal of live trading: locks, the way out that needs none, large orders, the headline.
. "$(dirname "$0")/console_kit.sh"
name="rehearsing live"
live() { "$outcry" console --feed synthetic-bars:2000 --paused --set console.rehearse_live=true "$@" >"$work/out" 2>&1; }

printf 'buy 0.01\nprint("locked:", #orders("all"))\nlive.unlock()\nbuy 0.01\nstep\nbuy(0.01, { price = m.last * 0.9 })\nstep\nlive.lock()\ncancel_all\nsell 0.01\nprint("rest:", #orders())\nflatten\nstep\nprint("flat:", #orders(), m.position.qty)\nkill("enough")\nunkill\nstatus\n' | live
exits $? 0 "locks"
has "$work/out" "refused: LOCKED: live is locked. live.unlock() opens it for this console; cancel, cancel_all, flatten, kill and no_entries need none"
has "$work/out" "locked:	0"
has "$work/out" "live is open for this console"
has "$work/out" "rest:	1"
has "$work/out" "flat:	0	0"
has "$work/out" "halted: nothing is opened until unkill()"
[ "$(grep -c LOCKED "$work/out")" = 3 ] || { say "buy, sell and unkill are locked, cancel_all is not"; cat "$work/out"; }
has "$work/out" "LIVE paper, paused"

# Above the size nobody is there to say yes; at it, and below, nobody is asked. By money as well.
printf 'live.unlock()\nstep\nbuy 0.1\nprint("large:", #orders("all"))\nbuy 0.01\nstep\nbuy { quote_qty = 1001 }\nprint("by money:", #orders("all"))\nbuy { quote_qty = 1000 }\nbuy(0.1, { sure = true })\nstep\nprint("sure:", #orders("all"))\n' |
    live --set console.ask_above=1000
exits $? 0 "large orders"
has "$work/out" "NOT_SENT: nobody said yes"
[ "$(grep -c NOT_SENT "$work/out")" = 2 ] || { say "two orders are asked about"; cat "$work/out"; }
has "$work/out" "large:	0"
has "$work/out" "by money:	1"
has "$work/out" "sure:	3"

# Attached consoles: each its own lock; flatten needs --trade, and no unlock.
mkfifo "$work/in"
"$outcry" console --feed synthetic-bars:2000 --speed 60x --set console.rehearse_live=true --set console.socket="$work/run/host.sock" \
    >"$work/host.out" 2>&1 <"$work/in" &
host=$!
pids=$host
exec 9>"$work/in"
printf 'live.unlock()\nbuy 0.01\nprint("open")\n' >&9
until_true grep -q open "$work/host.out" || { say "the host does not answer"; cat "$work/host.out"; }
held() { printf 'print("held:", m.position.qty)\n' | "$outcry" console --attach "$work/run/host.sock" 2>/dev/null | grep -q 'held:.*0\.01'; }
until_true held || { say "what was bought is not told when its bar has closed"; cat "$work/host.out"; }
printf 'status\nflatten\nbuy 0.01\n' | "$outcry" console --attach "$work/run/host.sock" >"$work/out" 2>&1
exits $? 0 "attached"
has "$work/out" "LIVE paper"
[ "$(grep -c READ_ONLY "$work/out")" = 2 ] || { say "an attached console reads only"; cat "$work/out"; }
printf 'buy 0.01\nflatten\n' | "$outcry" console --attach "$work/run/host.sock" --trade >"$work/out" 2>&1
has "$work/out" "LOCKED"
has "$work/out" "to be closed: 1 position"
exec 9>&-
wait $host
exits $? 0 "the host at the end of its input"
pids=

# Of a market that is fed with bars alone nothing is known of an order before its bar is over: when that is, is said.
(sleep 5.5; printf 'live.unlock()\nbuy 0.01\n'; sleep 4; printf 'print("told:", m.position.qty)\n') |
    "$outcry" console --feed synthetic-bars:2000 --speed 15x --set console.rehearse_live=true >"$work/out" 2>&1
exits $? 0 "told later"
grep -q '^o1 BUY 0.0100 BTC/USDT sent, told at 00:0[1-9]:00 ' "$work/out" || { say "it is not said when it is told"; cat "$work/out"; }
has "$work/out" "told:	0.01"

# The prompt and the headline say so in a terminal, in red.
if command -v script >/dev/null; then
    (sleep 1; printf 'quit\n'; sleep 0.5) | TERM=xterm-256color timeout 20 script -qfec "$outcry console --feed synthetic-bars:2000 --paused --set console.rehearse_live=true" /dev/null >"$work/out" 2>&1
    grep -q LIVE "$work/out" || { say "the terminal does not say LIVE"; cat -v "$work/out" | head -20; }
    grep -q "$(printf '\033')\[[0-9;]*41m[^$(printf '\033')]*LIVE" "$work/out" || { say "LIVE is not red"; cat -v "$work/out" | head; }
fi
none_left
[ $bad = 0 ] && echo "live is rehearsed: locked, asked, red, and flat without a key"
exit $bad
