#!/bin/sh
# restart.sh SOURCE_DIR BUILD_DIR CC: a paper session with a rule that has saved state is killed with -9 and started again 20
# times, and gives the records of one that nobody touched: with our simulator and data, and with a simulator and a reader from
# outside. That the state matters is asked too: a rule that forgets it gives other records.
set -u
. "$1/tests/outside/house.sh"
meaning_of=$(realpath "$build")/tests/support/meaning_of
cd "$w" || exit 1
"$w/bars" 20000 11 "$w/long.bin" "$w/long.csv" || fail "no bars"

# args: what both verbs are given.
go() { # VERB FOLDER MORE...
    verb=$1 folder=$2
    shift 2
    # shellcheck disable=SC2086
    exec "$outcry" "$verb" trips.lua $args --cash '10000 USDT' --session "$folder" "$@"
}

stand() { go console cut --paused; }

kills="0 0 1 1 2 5 13 40 77 160 333 700 1000 1311 1500 1700 1900 2000 2300 2400"
[ -z "${4:-}" ] || kills="0 1 13 700" # a sanitizer sees the code that way too, and starts are slow with it

# restarts WHAT ARGUMENTS...
restarts() {
    what=$1
    shift
    args="$* --set risk.cooldown.minutes=25 --set risk.cooldown.losses=2"
    rm -rf whole cut
    (go paper whole --json) >whole.json 2>whole.err || fail "$what: $(cat whole.err)"
    [ "$(jq '.trades.denied > 1000 and .trades.fills > 500' whole.json)" = true ] || fail "$what: $(jq -c .trades whole.json)"
    for at in $kills; do
        [ ! -f so/other.so ] || { # another file of the simulator at each start
            mv so/sim_slip.so so/swap.so
            mv so/other.so so/sim_slip.so
            mv so/swap.so so/other.so
        }
        kill_at $at
    done
    (go paper cut --json) >cut.json 2>cut.err || fail "$what: $(cat cut.err)"
    for folder in whole cut; do
        jq -S '[.money, .trades.requests, .trades.denied, .trades.fills, .hashes.meaning, .hashes.order_records]' \
            $folder.json >$folder.figures
        replays "$w/$folder" "$what, $folder"
    done
    diff whole.figures cut.figures >differs || fail "$what: other figures: $(cat differs)"
    [ "$("$meaning_of" whole)" = "$("$meaning_of" cut)" ] || fail "$what: other records"
    echo "$what: $(echo $kills | wc -w) kills, as uninterrupted"
}
cooldown="--plugin cooldown=so/rule_cooldown.so"
restarts "ours and a rule" --feed synthetic-bars:20000 --fee taker=0.1% $cooldown
restarts "slow answers" --feed synthetic-bars:20000 --latency 70s --fee taker=0.1% $cooldown
restarts "no latency" --feed synthetic-bars:20000 --latency 0 --fee taker=0.1% $cooldown
limits="--plugin own=so/rule_limits.so --set own.limits.0.instrument=BTC/USDT --set own.limits.0.limit=0.5"
restarts "all from outside" --feed replay:long.bin $cooldown $limits --plugin slip=so/sim_slip.so --plugin bin=so/data_bin.so
# Each start has another build of the simulator: the records are right, and are given to it as facts.
cp so/sim_slip.so so/other.so
printf ' ' >>so/other.so
restarts "a simulator that is another file each time" --feed replay:long.bin $cooldown --plugin slip=so/sim_slip.so \
    --plugin bin=so/data_bin.so
echo "outside_restart: passed"
