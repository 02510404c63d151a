#!/bin/sh
# kill.sh OUTCRY KILLS [SEED]: a paper session on replayed data is killed with -9 again and again and goes on each time
# from its journal: with answers that come within a bar, with answers that take longer than one, with a simulator that is another
# file every second time, and with two files of data. In the end it must hold the same fills, money and hash of meaning as a session that was never interrupted,
# and its replay must agree: no order lost, none doubled.
set -u
outcry=$1
meaning_of=$(dirname "$outcry")/tests/support/meaning_of
kills=$(((${2:-30} + 3) / 4))
seed=${3:-1}
here=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# bars FILE SEED: minutes of a walk, some of them missing.
bars() {
    awk -v seed="$2" 'BEGIN {
        srand(seed); price = 1000; print "timestamp,open,high,low,close,volume"
        for (i = 0; i < 60000; i++) {
            open = price; price += int(rand() * 21) - 10; if (price < 500) price = 500
            high = (open > price ? open : price) + int(rand() * 3); low = (open < price ? open : price) - int(rand() * 3)
            if (rand() < 0.95) print 1700000000 + 60 * i "," open "," high "," low "," price "," 100 + int(rand() * 900)
        } }' >"$1"
}
bars "$work/BTC-USDT.csv" 1
bars "$work/ETH-USDT.csv" 2

go() { # folder: in a process of its own, so that the kill meets the program and not a shell
    # shellcheck disable=SC2086
    exec "$outcry" paper "$here/strategies/rsi_reversion.lua" $data --cash '10000 USDT' --fee taker=0.1% --seed 7 \
        --latency "$latency" --json --session "$1"
}

same() { # the session that was cut is what the whole one is
    for key in money.final trades.fills trades.requests hashes.meaning; do
        a=$(jq -r ".$key" "$work/whole.json")
        b=$(jq -r ".$key" "$work/cut.json")
        [ "$a" = "$b" ] || { echo "after $killed kills: $key is $b, uninterrupted $a"; return 1; }
    done
    a=$(jq -r .hashes.meaning "$work/whole.json")
    b=$("$meaning_of" "$work/cut")
    [ "$a" = "${b% *}" ] || { echo "after $killed kills: the records mean $b, uninterrupted $a"; return 1; }
    "$outcry" replay "$work/cut" --diff >"$work/replay" 2>&1 && return 0
    echo "after $killed kills the replay of the session differs"
    cat "$work/replay"
    return 1
}

# The same simulator with another hash.
mkdir -p "$work/plugins/sims"
cp "$(dirname "$outcry")/plugins/sims/paper.so" "$work/plugins/sims"
printf ' ' >>"$work/plugins/sims/paper.so"

for part in 5ms 70s 5ms,other 70s,two-files; do
    latency=${part%,*}
    data="--feed synthetic-bars:150000"
    [ "$part" = 70s,two-files ] && data="$work/BTC-USDT.csv --feed replay:$work/ETH-USDT.csv"
    rm -rf "$work/whole" "$work/cut"
    (go "$work/whole") >"$work/whole.json" 2>"$work/whole.err" || { cat "$work/whole.err"; exit 1; }
    killed=0
    cycle=0
    while [ $killed -lt "$kills" ] && [ $cycle -lt $((kills * 4)) ]; do
        cycle=$((cycle + 1))
        # a small generator of our own: 20 to 147 ms
        seed=$(((seed * 1103515245 + 12345) % 2147483648))
        delay=$((20 + seed / 65536 % 128))
        [ "$part" = 5ms,other ] && [ $((cycle % 2)) = 0 ] && export OUTCRY_PLUGINS="$work/plugins" OUTCRY__PLUGINS__ALLOW_SHADOW=outcry.paper
        go "$work/cut" >"$work/cut.json" 2>"$work/cut.err" &
        pid=$!
        unset OUTCRY_PLUGINS OUTCRY__PLUGINS__ALLOW_SHADOW
        sleep "$(printf '0.%03d' $delay)"
        if kill -9 $pid 2>/dev/null; then killed=$((killed + 1)); fi
        wait $pid 2>/dev/null
        code=$?
        if [ $code -ne 137 ] && [ $code -ne 0 ]; then
            echo "cycle $cycle: it came back with code $code"
            cat "$work/cut.err"
            exit 1
        fi
        if [ $code -eq 0 ]; then # it reached the end: compare, and begin anew
            same || exit 1
            rm -rf "$work/cut"
        fi
    done
    (go "$work/cut") >"$work/cut.json" 2>"$work/cut.err" || { cat "$work/cut.err"; exit 1; }
    same || exit 1
    [ "$killed" -ge "$kills" ] || { echo "only $killed kills in $cycle starts"; exit 1; }
    echo "$killed kills in $cycle starts, $part: the same fills, money and meaning as without, and replays that agree"
done
