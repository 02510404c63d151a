#!/bin/sh
# restart.sh OUTCRY [SEED] [few]: a session that is killed with -9 and started again goes on as one that nobody touched. Killed at
# chosen events (before the first one, in the first bar, before and behind a checkpoint) and within callbacks. In the end the
# report, the records and the replay are those of the uninterrupted session; what cannot come back is named.
set -u
outcry=$(realpath "$1")
seed=${2:-1}
few=${3:-} # some of the sessions and kills only: sanitizers see the code that way too, and starts are slow with them
meaning_of=$(dirname "$outcry")/tests/support/meaning_of
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.." || exit 1
w=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || kill -9 $pid 2>/dev/null; rm -rf "$w"' EXIT
trap 'exit 1' INT TERM
mkdir -m 700 "$w/home" "$w/run"
unset XDG_STATE_HOME COLUMNS LINES TERM OUTCRY_PLUGINS
export HOME="$w/home" XDG_RUNTIME_DIR="$w/run" LC_ALL=C.UTF-8
export OUTCRY__CONSOLE__LIMIT=10m # however busy the machine is
s=tests/fault/restart

# args: what both verbs are given.
go() { # VERB FOLDER MORE...
    verb=$1
    folder=$2
    shift 2
    # shellcheck disable=SC2086
    exec "$outcry" "$verb" $args --cash "10000 USDT" --session "$folder" "$@"
}

# kill_lines LINES: a console carries them out, and is killed where it stands.
kill_lines() {
    rm -f "$w/in"
    mkfifo "$w/in"
    (go console "$w/cut" --paused) >"$w/said" 2>&1 <"$w/in" &
    pid=$!
    exec 9>"$w/in"
    printf '%s\nprint("it " .. "stands")\n' "$1" >&9
    tries=0
    until grep -q 'it stands' "$w/said"; do
        tries=$((tries + 1))
        [ $tries -lt 1200 ] || { echo "'$1' is not answered"; tail -n 5 "$w/said"; exit 1; }
        sleep 0.05
    done
    kill -9 $pid
    wait $pid 2>/dev/null
    pid=
    exec 9>&-
}

# kill_at STEPS: so many events later.
kill_at() { kill_lines "$([ "$1" = 0 ] || echo "step $1")"; }

# kill_after SECONDS: wherever it is then. 1: it had come to its end.
kill_after() {
    go paper "$w/cut" --json >"$w/cut.json" 2>"$w/cut.err" &
    pid=$!
    sleep "$1"
    kill -9 $pid 2>/dev/null
    wait $pid 2>/dev/null
    code=$?
    pid=
    [ $code -eq 137 ] || [ $code -eq 0 ] || { echo "$what: it came back with code $code"; cat "$w/cut.err"; exit 1; }
    [ $code -eq 137 ]
}

whole() { # WHAT ARGUMENTS...: the session that nobody touches
    what=$1
    shift
    args=$*
    rm -rf "$w/whole" "$w/cut"
    (go paper "$w/whole" --json) >"$w/whole.json" 2>"$w/whole.err" || { cat "$w/whole.err"; exit 1; }
}

same() {
    for json in cut whole; do
        jq -S '[.money, .trades.requests, .trades.denied, .trades.fills, .hashes.meaning, .hashes.order_records,
            .bar_calls]' \
            "$w/$json.json" >"$w/$json.figures"
        "$outcry" report "$w/$json" --json 2>/dev/null | jq -S '[.money, .trades, .risk, .hashes.meaning]' >"$w/$json.report"
    done
    diff "$w/whole.figures" "$w/cut.figures" >"$w/diff" || { echo "$what, killed $1: other figures"; cat "$w/diff"; exit 1; }
    diff "$w/whole.report" "$w/cut.report" >"$w/diff" || { echo "$what, killed $1: another report"; cat "$w/diff"; exit 1; }
    [ "$("$meaning_of" "$w/whole")" = "$("$meaning_of" "$w/cut")" ] || { echo "$what, killed $1: other records"; exit 1; }
    for folder in whole cut; do
        "$outcry" replay "$w/$folder" --diff >"$w/replay" 2>&1 && continue
        echo "$what, killed $1: the replay of the $folder session differs"
        tail -n 12 "$w/replay"
        exit 1
    done
}

finish() {
    (go paper "$w/cut" --json) >"$w/cut.json" 2>"$w/cut.err" || { cat "$w/cut.err"; exit 1; }
    same "$1"
}

# Each of these points alone, and then one after the other.
points() {
    for at in 0 1 137 5000; do
        rm -rf "$w/cut"
        kill_at $at
        finish "at $at"
    done
    rm -rf "$w/cut"
    for at in 0 0 1 1 300 1700 4000 1 9000; do
        kill_at $at
    done
    finish "nine times"
    echo "$what: as uninterrupted"
}

bars="--feed synthetic-bars:20000 --fee taker=0.1%"
if [ -z "$few" ]; then
whole 'a daily timer' $s/daily.lua $bars
[ "$(jq .trades.requests "$w/whole.json")" = 14 ] || { echo "a daily timer: $(jq -c .trades "$w/whole.json")"; exit 1; }
points
whole 'chance and timers' $s/chance.lua $bars
points
whole 'slow answers' $s/chance.lua $bars --latency 70s
points
whole 'a limit that denies' $s/chance.lua $bars --set risk.max_order_qty.limit=0.015
[ "$(jq .trades.denied "$w/whole.json")" -gt 50 ] || { echo "too few are denied: $(jq -c .trades "$w/whole.json")"; exit 1; }
points
whole 'on_save and on_load' $s/saves.lua $bars
points
fi
whole 'three beside each other' $s/chance.lua $s/saves.lua $s/daily.lua $bars
points

# Paused by hand meanwhile: what passes is counted.
held() { # FOLDER KILLS
    printf 'step 50\nhold chance\nstep 300\n' >"$w/typed"
    if [ "$2" = yes ]; then
        kill_lines "$(cat "$w/typed")"
        kill_lines 'step 4600'
        echo 'step 100' >"$w/typed"
    else
        echo 'step 4700' >>"$w/typed"
    fi
    for line in 'resume chance' 'step 100'; do
        echo 'print("missed " .. strategies()[1].missed .. ", called " .. strategies()[1].calls)'
        echo "$line"
    done >>"$w/typed"
    (go console "$1" --paused) <"$w/typed" 2>&1 | grep '^missed' >"$1.held"
}
what='paused by hand'
args="$s/chance.lua $bars"
rm -rf "$w/whole" "$w/cut"
held "$w/whole" no
held "$w/cut" yes
[ "$(wc -l <"$w/whole.held")" = 2 ] || { echo "$what: nothing is said"; exit 1; }
diff "$w/whole.held" "$w/cut.held" || { echo "$what: other counts"; exit 1; }
[ "$("$meaning_of" "$w/whole")" = "$("$meaning_of" "$w/cut")" ] || { echo "$what: other records"; exit 1; }
echo "$what: as uninterrupted"

# A reload calls on_load: what that draws and sets then is recorded, and comes back.
what='a reload'
args="$s/saves.lua $bars"
rm -rf "$w/whole" "$w/cut"
printf 'step 500\nhold saves\nreload saves\nstep 30\nresume saves\nstep 700\nstep 5000\nstep 3000\n' >"$w/typed"
(go console "$w/whole" --paused) <"$w/typed" >"$w/said" 2>&1 || { tail -n 5 "$w/said"; exit 1; }
kill_lines 'step 500'
kill_lines 'hold saves
reload saves
step 30'
kill_lines 'resume saves
step 700'
kill_lines 'step 5000'
echo 'step 3000' >"$w/typed"
(go console "$w/cut" --paused) <"$w/typed" >"$w/said" 2>&1 || { tail -n 5 "$w/said"; exit 1; }
for folder in whole cut; do
    "$meaning_of" "$w/$folder" >"$w/$folder.means"
    "$outcry" replay "$w/$folder" --diff >"$w/replay" 2>&1 && continue
    echo "$what: the replay of the $folder session differs"
    tail -n 12 "$w/replay"
    exit 1
done
diff "$w/whole.means" "$w/cut.means" || { echo "$what: other records"; exit 1; }
echo "$what: as uninterrupted"

# Within callbacks. One that does not end until it is killed has recorded what it was called for, and nothing else.
whole 'kills in callbacks' $s/slow.lua --feed synthetic-bars:6000 --fee taker=0.1%
kills=${few:+4}
kills=${kills:-12}
killed=0
starts=0
while [ $killed -lt $kills ] && [ $starts -lt 60 ]; do
    starts=$((starts + 1))
    seed=$(((seed * 1103515245 + 12345) % 2147483648))
    if kill_after "$(printf '0.%03d' $((30 + seed / 65536 % 128)))"; then
        killed=$((killed + 1))
    else
        same "$killed times"
        rm -rf "$w/cut"
    fi
done
finish "$killed times"
[ $killed -eq $kills ] || { echo "only $killed kills in $starts starts"; exit 1; }
echo "$what: as uninterrupted"

# What cannot come back is named, once, in the log and in the report.
whole 'what is lost' $s/lost.lua $bars
kill_at 200
(go paper "$w/cut" --json) >"$w/cut.json" 2>"$w/cut.err" || { cat "$w/cut.err"; exit 1; }
for words in 'lost: a timer that was set at lost.lua:7 is gone: due 2024-01-02T00:00:00Z and every 1d;' \
    'lost: a timer that was set at lost.lua:12 is gone: due 2024-01-04T18:07:00Z;' \
    'lost: global variables begin anew: closes, count, last;'; do
    [ "$(grep -c "$words" "$w/cut.err")" = 1 ] || { echo "the log does not say '$words' once:"; cat "$w/cut.err"; exit 1; }
    jq -r '.notes[]' "$w/cut.json" | grep -q "not restored: $words" || { echo "the report lacks '$words'"; exit 1; }
done
"$outcry" replay "$w/whole" >"$w/replay" 2>&1 || { echo "$what: the replay of the whole session differs"; cat "$w/replay"; exit 1; }
echo "$what: named"
