#!/bin/sh
# venue_faults.sh OUTCRY CC SEEDS: three connectors on transcripts with faults: the loopback, the one of two accounts, and the JSON lines of
# an outsider. What is said twice is booked once, time that passes changes nothing, and whatever falls, tears or is lost: the run comes to
# its end, is killed with -9 and gone on with as if it had not been, and replays to the byte, without connector and transcript.
set -u
outcry=$(realpath "$1")
cc=$2 seeds=$3
here=$(realpath "$(dirname "$0")")
source=$(realpath "$here/../..")
folder=$(dirname "$outcry")
w=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || kill -9 $pid 2>/dev/null; rm -rf "$w"' EXIT
trap 'exit 1' INT TERM
mkdir -m 700 "$w/home" "$w/run"
unset XDG_STATE_HOME COLUMNS LINES TERM OUTCRY_PLUGINS
export HOME="$w/home" XDG_RUNTIME_DIR="$w/run" LC_ALL=C.UTF-8
export OUTCRY__CONSOLE__LIMIT=10m # however busy the machine is
cd "$w" || exit 1
name= seed=
fail() { echo "venue_faults: $name $seed: $*" >&2; exit 1; }
"$cc" -std=gnu11 -O2 -fPIC -shared -I"$source/sdk/include" "$source/tests/outside/connector_jline.c" -o jline.so 2>said ||
    fail "the connector of JSON lines: $(head -5 said)"
cp "$folder/sdk/examples/loopback.so" "$folder/sdk/examples/accounts.so" . || exit 1
cp "$source/sdk/examples/connector_loopback/day.lua" loopback.lua
cp "$source/sdk/examples/connector_accounts/day.lua" accounts.lua
cp "$source/tests/outside/venue.lua" jline.lua
awk -v COUNT=300 -f "$source/tests/outside/venue_script.awk" >jline.txt
# Longer days of the other two: up and down around the price at which their strategies turn.
walk() { awk -v LINE="$1" 'BEGIN { for (i = 1; i < 60; i++)
    printf "@ 2026-01-05T14:3%d:%02dZ\n" LINE "\n", 1 + int(i / 60), i % 60, 10000 + (i * 37 % 11 - 5) * 10, 1 + i % 4 }'; }
{ sed '/^lines < trade/,$d' "$source/sdk/examples/connector_loopback/day.txt"; walk 'lines < trade %d %d'; } >loopback.txt
{ sed '/^@ 2026-01-05T14:30:04Z/,$d' "$source/sdk/examples/connector_accounts/day.txt"; walk 'lines < trade BTC/USDT %d %d' |
    awk '/^lines/ { $5 = sprintf("%.1f", $5 / 100) } { print }'; } >accounts.txt
part() { # NAME ID ACCOUNTS
    printf '%s: { connector = "%s"; accounts = %s; environment = "local"; transcript = "faulty.txt";
      instruments = ( { symbol = "BTC/USDT"; price_step = "0.01"; qty_step = "0.001"; } ); };\n' "$1" "$2" "$3"
}
{
    echo 'venue: {'
    part loopback org.example.loopback '["main"]'
    part accounts org.example.accounts '["main", "hedge"]'
    part jline org.example.jline '["main"]'
    echo '};'
} >venues.conf

go() { # VERB SESSION MORE...
    verb=$1 session=$2
    shift 2
    exec "$outcry" "$verb" $name.lua --venue $name --config venues.conf --plugin $name="$w/$name.so" --cash '10000 USDT' \
        --session "$session" "$@"
}

faulty() { awk -v MODE="$1" -v SEED="$2" -f "$here/venue_faults.awk" $name.txt >faulty.txt; }

whole() {
    rm -rf "$1"
    (go run "$1" --listen none --json) >"$1.json" 2>"$1.err" || fail "run: $(tail -n 3 "$1.err")"
}

same() { # WHAT JSON JSON FIGURES
    [ "$(jq -cS "$4" "$2")" = "$(jq -cS "$4" "$3")" ] || fail "$1: $(jq -cS "$4" "$2") is now $(jq -cS "$4" "$3")"
}

. "$here/../golden/kill_at.sh"
money='[.money.final, .money.fees, .trades.fills, .trades.requests, .trades.round_trips]'
all='[.money, .trades.requests, .trades.denied, .trades.fills, .trades.round_trips, .hashes.meaning, .hashes.order_records, .hashes.input]'
hurt=0
for name in loopback accounts jline; do
    seed=
    faulty none 0
    whole plain
    [ "$(jq '.trades.fills > 5' plain.json)" = true ] || fail "nothing happens: $(jq -c .trades plain.json)"
    for mode in double slow; do
        faulty $mode 0
        whole other
        same $mode plain.json other.json "$money"
        "$outcry" replay other --diff >said 2>&1 || fail "$mode: the replay differs: $(cat said)"
    done
    for seed in $(seq 1 "$seeds"); do
        faulty rough "$seed"
        whole other
        rm -rf cut
        for at in $((seed % 3)) $((1 + seed * 7 % 20)) 1 $((seed * 5 % 11)); do kill_at "$at"; done
        (go run cut --listen none --json) >cut.json 2>cut.err || fail "after kills: $(tail -n 3 cut.err)"
        same kills other.json cut.json "$all"
        mv $name.so away.so
        mv faulty.txt away.txt
        for session in other cut; do
            "$outcry" replay $session --diff >said 2>&1 || fail "$session: the replay differs: $(cat said)"
        done
        mv away.so $name.so
        mv away.txt faulty.txt
        [ "$(jq -cS "$money" plain.json)" = "$(jq -cS "$money" other.json)" ] || hurt=$((hurt + 1))
    done
done
[ $hurt -gt 0 ] || [ "$seeds" -lt 4 ] || fail "no fault has had an effect"
echo "three connectors, twice $seeds rough days each: $hurt days came to other money, none to other records"
