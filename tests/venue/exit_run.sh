#!/bin/sh
# exit_run.sh OUTCRY OUTCRY_VENUE: how a session at a venue is left: Ctrl-C trades nothing, whatever on_exit says; SIGTERM and `stop` do what it
# says; SIGHUP is survived; orders of another hand stay; what stays is told, with who protects it; each replays.
set -u
. "$(dirname "$0")/kit.sh"
cp "$root/tests/venue/exits.lua" .
start_venue --every 100ms
conf main.conf
runs() { # it is compared with its venue, behind the screen, for which the venue was asked too
    for _ in $(seq 200); do sed -n '/at the end/,$p' err 2>/dev/null | grep -q 'is compared' && return; sleep 0.05; done
    fail "it does not run: $(cat err)"
}
begin() { # SESSION ON_EXIT MORE...
    session=$1
    on_exit=$2
    shift 2
    rm -f err
    "$outcry" run exits.lua --venue plain --config main.conf --plugin plain="$w/plain.so" --live main --capital '500 USDT' --max-order-value 700 \
        --max-position 0.02 --max-day-loss 50 --on-exit "$on_exit" --session "$session" --json --listen "$w/run/socket" --yes main "$@" >"$session.json" 2>err </dev/null &
    pid=$!
    runs
    for _ in $(seq 100); do [ "$(open | wc -l)" -ge 3 ] && return; sleep 0.05; done
    fail "its orders do not rest: $(open)"
}
open() { # what is open at the venue
    before=$(wc -l <venue.log)
    echo 'orders all' >&8
    sleep 0.2
    tail -n "+$((before + 1))" venue.log | grep -E ': (open|waiting)'
}
ends() { # CODE, told lines, open lines
    wait $pid
    code=$?
    pid=
    [ $code = 0 ] || fail "$session ends with $code: $(cat err)"
    cp err "$session.err"
    grep -q 'has not confirmed it' err && fail "$session: more was asked for than can be: $(cat err)"
    grep -q 'cancel.*refused\|CANCEL_REJECTED' err && fail "$session: a cancel was refused: $(cat err)"
    "$outcry" replay "$session" --diff >said 2>&1 || fail "$session: the replay differs: $(cat said)"
}
tells() { grep -q -e "$1" err || fail "$session: '$1' is not told: $(cat err)"; }
has() { open | grep -q -e "$1" || fail "$session: '$1' is not open: $(cat venue.log)"; }
lacks() { open | grep -q -e "$1" && fail "$session: '$1' is open: $(cat venue.log)"; return 0; }
echo 'sell 0.003 BTC/USDT @ 80000 at the website' >&8
# Ctrl-C, with a policy that would close everything.
begin a flatten
kill -HUP $pid
sleep 0.5
kill -0 $pid || fail "it does not survive SIGHUP"
kill -INT $pid
ends
tells '^outcry: the session has ended; left at plain: 3 open orders, 1 positions$'
tells '^  position  exits: .*; this host holds the target 70000: while it is down nobody does$'
tells '^  order     exits: buy 0.002 BTC/USDT @ 55000$'
tells '^  order     exits: sell 0.001 BTC/USDT stop 50000 (stop loss)$'
tells '^  order     another hand: sell 0.003 BTC/USDT @ 80000$'
tells '^  position  exits: long 0.001 BTC/USDT: protected by stop orders at the venue'
[ "$(open | grep -c main)" = 3 ] || fail "Ctrl-C has traded: $(cat venue.log)"
# The same session goes on, and is ended by SIGTERM: entries alone. What the strategy asks for again meanwhile is refused.
begin a cancel_entries
kill -TERM $pid
ends
lacks '@ 55000'
lacks '@ 70000'
has 'stop 50000'
has '@ 80000'
tells 'asks again: SESSION_ENDS'
tells '^outcry: the session has ended; left at plain: 2 open orders, 1 positions$'
begin_again() { # it is as it was: two orders are open
    rm -f err
    "$outcry" run exits.lua --venue plain --config main.conf --plugin plain="$w/plain.so" --live main --capital '500 USDT' --max-order-value 700 \
        --max-position 0.02 --max-day-loss 50 --on-exit "$1" --session a --json --listen "$w/run/socket" --yes main >a.json 2>err </dev/null &
    pid=$!
    runs
}
# `stop` in a console: all orders of ours, and the position is told to be unprotected.
begin_again cancel
console 'stop' | grep -q 'the session ends' || fail "stop says nothing"
ends
lacks '@ 70000'
lacks 'stop 50000'
has '@ 80000'
tells '^outcry: the session has ended; left at plain: 1 open orders, 1 positions$'
tells '^  position  exits: long 0.001 BTC/USDT: NOT PROTECTED: nobody closes it while this host is down$'
# And the position.
begin_again flatten
kill -TERM $pid
ends
tells '^outcry: the session has ended; left at plain: 1 open orders, 0 positions$'
has '@ 80000'
console_less=$("$outcry" run exits.lua --venue plain --config main.conf --plugin plain="$w/plain.so" --cash '1 USDT' --end close --listen none 2>&1 </dev/null) && fail "--end close is taken"
echo "$console_less" | grep -q 'is left as it is when it ends: --on-exit flatten closes it on SIGTERM and .stop.' || fail "--end close: $console_less"
echo quit >&8
wait $venue
venue=
echo "exits: nothing is traded that was not asked for"
