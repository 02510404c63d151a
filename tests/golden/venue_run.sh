#!/bin/sh
# venue_run.sh OUTCRY: the example connector on a transcript, run, killed with -9 where it stands and started again, replayed with the
# connector and without: each time the same requests, fills and money. tests/outside/venue.sh does it with a connector and a day of an
# outsider; this one takes seconds.
set -u
outcry=$(realpath "$1")
folder=$(dirname "$outcry")
here=$(realpath "$(dirname "$0")")
example=$(realpath "$(dirname "$0")/../../sdk/examples/connector_loopback")
w=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || kill -9 $pid 2>/dev/null; rm -rf "$w"' EXIT
trap 'exit 1' INT TERM
mkdir -m 700 "$w/home" "$w/run"
unset XDG_STATE_HOME COLUMNS LINES TERM OUTCRY_PLUGINS
export HOME="$w/home" XDG_RUNTIME_DIR="$w/run" LC_ALL=C.UTF-8
export OUTCRY__CONSOLE__LIMIT=10m # however busy the machine is
cd "$w" || exit 1
cp "$folder/sdk/examples/loopback.so" . || exit 1
cp "$example/day.lua" "$example/day.conf" . || exit 1
fail() { echo "venue_run: $*" >&2; exit 1; }

# A longer day of the same exchange: up and down around the price at which the strategy turns, and between two such times so many
# trades above it that a checkpoint is made.
{
    sed '/^lines < trade/,$d' "$example/day.txt"
    awk 'BEGIN { for (i = 0; i < 4720; i++) {
        if (i) printf "@ 2026-01-05T%02d:%02d:%02dZ\n", 15 + int(i / 3600), int(i / 60) % 60, i % 60
        is_quiet = i >= 60 && i < 4660
        printf "lines < trade %d %d\n", is_quiet ? 10050 : 10000 + (i * 37 % 11 - 5) * 10, 1 + i % 4 } }'
} >day.txt

go() { # VERB SESSION MORE...
    verb=$1 session=$2
    shift 2
    exec "$outcry" "$verb" day.lua --venue loopback --config day.conf --plugin loopback="$w/loopback.so" --cash '10000 USDT' \
        --session "$session" "$@"
}

(go run whole --listen none --json) >whole.json 2>whole.err || fail "run: $(cat whole.err)"
[ ! -s whole.err ] || fail "it says $(cat whole.err)"
figures='[.mode, .data, .from, .to, .money.final, .money.fees, .trades.fills, .trades.requests, .trades.denied, .trades.round_trips] | join(" ")'
want='run venue:loopback:BTC/USDT 2026-01-05T14:30:00Z 2026-01-05T16:18:39Z 10000.261 0 87 87 0 43'
[ "$(jq -r "$figures" whole.json)" = "$want" ] || fail "figures: $(jq -r "$figures" whole.json)"
jq -r '.notes[]' whole.json | grep -qx 'fills: as the venue loopback says, through org.example.loopback; local: a transcript stands for the exchange' ||
    fail "who fills is not said: $(jq -r '.notes[]' whole.json)"
"$outcry" replay whole --diff >said 2>&1 || fail "the replay differs: $(cat said)"

# Killed behind so many events, and gone on with.
. "$here/kill_at.sh"
for at in 0 1 2 3 5 30 0 40 4600 0 30 20; do kill_at $at; done
(go run cut --listen none --json) >cut.json 2>cut.err || fail "after kills: $(cat cut.err)"
all='[.money, .trades.requests, .trades.denied, .trades.fills, .trades.round_trips, .hashes.meaning, .hashes.order_records, .hashes.input]'
[ "$(jq -cS "$all" cut.json)" = "$(jq -cS "$all" whole.json)" ] || fail "kills: other figures: $(jq -cS "$all" cut.json)"
for session in whole cut; do
    "$outcry" replay $session --diff >said 2>&1 || fail "$session: the replay differs: $(cat said)"
    "$outcry" report $session --json 2>said | jq -S 'del(.hashes.orders, .speed, .notes)' >$session.report
    [ -s $session.report ] || fail "$session: no report: $(cat said)"
done
cmp -s whole.report cut.report || fail "kills: another report"

# A transcript that says something else than what was recorded is not gone on with; the right one is.
rm -r cut
kill_at 40
cp day.txt right.txt
sed 's/^\(lines < trade [0-9]*\) 3$/\1 2/' right.txt >day.txt
(go run cut --listen none) >said 2>&1 && fail "another transcript is gone on with"
grep -q "day.txt: line [0-9]*: it does not say what record [0-9]* of the session holds" said || fail "another transcript: $(cat said)"
cp right.txt day.txt
(go run cut --listen none --quiet) >said 2>&1 || fail "the right one again: $(cat said)"

# What was recorded needs neither connector nor transcript.
rm loopback.so day.txt
for session in whole cut; do
    "$outcry" replay $session --diff >said 2>&1 || fail "$session alone: the replay differs: $(cat said)"
done
echo "run, killed, gone on with, replayed"
