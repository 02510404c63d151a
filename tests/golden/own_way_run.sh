#!/bin/sh
# own_way_run.sh OUTCRY: the swap of the example connector_accounts: what closes a position and what protects it go by the exchange's own
# words. Run, by orders of their own where that is said, killed with -9 and gone on with, by hand, replayed with the connector and without.
set -u
outcry=$(realpath "$1")
folder=$(dirname "$outcry")
here=$(realpath "$(dirname "$0")")
w=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || kill -9 $pid 2>/dev/null; rm -rf "$w"' EXIT
trap 'exit 1' INT TERM
mkdir -m 700 "$w/home" "$w/run"
unset XDG_STATE_HOME COLUMNS LINES TERM OUTCRY_PLUGINS
export HOME="$w/home" XDG_RUNTIME_DIR="$w/run" LC_ALL=C.UTF-8
export OUTCRY__CONSOLE__LIMIT=10m # however busy the machine is
cd "$w" || exit 1
cp "$folder/sdk/examples/accounts.so" "$here/../../sdk/examples/connector_accounts"/day.conf \
    "$here/../../sdk/examples/connector_accounts"/swap.* . || exit 1
fail() { echo "own_way_run: $*" >&2; exit 1; }

go() { # VERB SESSION MORE...
    verb=$1 session=$2
    shift 2
    exec "$outcry" "$verb" swap.lua --venue swap --config day.conf --plugin swap="$PWD/accounts.so" --session "$session" "$@"
}

"$outcry" plugin info accounts.so >said 2>&1 || fail "info: $(cat said)"
grep -q 'it *closes positions' said && grep -q '^ *protects positions' said || fail "the description does not say it: $(cat said)"

# Bought at 100, closed at 103: half a coin, two fees of 0.001.
(go run whole --listen none --json) >whole.json 2>whole.err || fail "run: $(cat whole.err)"
[ ! -s whole.err ] || fail "it says $(cat whole.err)"
[ "$(jq -r '[.money.final, .trades.fills, .trades.requests, .trades.denied] | join(" ")' whole.json)" = '1001.498 2 6 0' ] ||
    fail "figures: $(jq -c '.money, .trades' whole.json)"

# Word by word.
cat >strict.txt <<'END'
transcript 2
@ 2026-01-05T14:30:00Z
lines < trade BTC/USDT:USDT 100.00 5
lines > main new $id BTC/USDT:USDT buy 0.500 market
lines < main ack $id
lines < main fill $id BTC/USDT:USDT 0.500 100.00 0.001 USDT t1 P1
lines > main protect $a P1 stop 0.500 95.00
lines > main protect $b P1 target 0.500 120.00
lines < main ack $a
lines < main ack $b
@ 2026-01-05T14:30:02Z
lines < trade BTC/USDT:USDT 103.00 2
lines > main close $c BTC/USDT:USDT long 0.500
lines < main fill $c BTC/USDT:USDT 0.500 103.00 0.001 USDT t2
lines > main cancel $a
lines > main cancel $b
lines < main canceled $a
lines < main canceled $b
lines < trade BTC/USDT:USDT 104.00 2
END
(go run strict --listen none --json --set venue.swap.transcript=strict.txt) >strict.json 2>said || fail "word by word: $(cat said)"
[ "$(jq -r .money.final strict.json)" = 1001.498 ] || fail "word by word: $(jq -c .money strict.json)"

# As orders: this exchange has no stops among them, and says so. Then the target alone is one, and the stop is held by the host.
(go run wrong --listen none --set venue.swap.legs=order) >said 2>&1 && fail 'legs = "order" is taken where there are no stops'
grep -q "venue.swap.legs: found 'order', expected venue, or target: this venue takes no stops" said || fail "no stops: $(cat said)"
(go run orders --listen none --json --set venue.swap.close=order --set venue.swap.legs=target) >orders.json 2>said ||
    fail "as orders: $(cat said)"
jq -e '.refusals | length == 0' orders.json >said || fail "as orders: $(cat orders.json)"
(go run refused --listen none --json --set venue.swap.legs=target --set venue.swap.protect=native) >refused.json 2>said ||
    fail "native: $(cat said)"
jq -e '[.refusals[] | select(.reason == "PROTECTION_NOT_SUPPORTED")] | length > 0' refused.json >said || fail "native: $(cat refused.json)"
(go run wrong --listen none --set venue.swap.legs=never) >said 2>&1 && fail 'legs = "never" is taken'
grep -q 'venue.swap.legs: found.*never.*expected venue, or target' said || fail "a wrong word: $(cat said)"
(go run wrong --listen none --set venue.swap.protect=order) >said 2>&1 && fail 'protect = "order" is taken'
grep -q 'venue.swap.protect: found.*order.*expected native, host or refuse' said || fail "a wrong word: $(cat said)"
# A session that is gone on with has the ways that it began with.
(go run orders --listen none --set venue.swap.legs=venue) >said 2>&1 && fail "a session goes on by another way"
grep -q 'venue.swap' said || fail "by another way: $(cat said)"

. "$here/kill_at.sh"
for at in 0 1 0 1 1; do kill_at $at; done
(go run cut --listen none --json) >cut.json 2>cut.err || fail "after kills: $(cat cut.err)"
all='[.money, .trades, .hashes.meaning, .hashes.order_records]'
[ "$(jq -cS "$all" cut.json)" = "$(jq -cS "$all" whole.json)" ] || fail "kills: other figures: $(jq -cS "$all" cut.json)"

# By hand: a short closed, by the same words.
printf '%s\n' 'step 1' 'sell 0.2 BTC/USDT:USDT' 'step 1' 'close BTC/USDT:USDT' 'step 5' 'positions' 'orders all' |
    (go console by_hand --paused) >hand 2>&1 || fail "by hand: $(cat hand)"
grep -q 'BUY 0.2* *BTC/USDT:USDT\|BUY  *0.200' hand || fail "by hand, no close: $(cat hand)"

rm accounts.so swap.txt strict.txt
for session in whole strict cut by_hand; do
    "$outcry" replay $session --diff >said 2>&1 || fail "$session alone: the replay differs: $(cat said)"
done
echo "closed and protected by the venue's own way: run, killed, gone on with, by hand, replayed"
