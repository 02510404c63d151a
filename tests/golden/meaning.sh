#!/bin/sh
# meaning.sh OUTCRY [--record | --only REGEX]: runs each row of meaning.txt and compares the hash of meaning of the session that it leaves, and
# how many fills it has. A row is `NAME HASH FILLS COMMAND`; the command is one of the functions below, which record to $s, and
# its output is the report where there is one: the hash in it must be the same, and that of `report` too. Everything runs in
# virtual time. --record prints the file with today's values; --only REGEX takes the rows whose names match.
set -u
outcry=$(realpath "$1")
record=${2:-} only=
[ "$record" = --only ] && record='' only=$3
meaning_of=$(dirname "$outcry")/tests/support/meaning_of
cd "$(dirname "$0")/../.." || exit 1
top=$PWD
w=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || kill -9 $pid 2>/dev/null; rm -rf "$w"' EXIT
trap 'exit 1' INT TERM
mkdir -m 700 "$w/home" "$w/run"
unset XDG_STATE_HOME COLUMNS LINES TERM OUTCRY_PLUGINS
export HOME="$w/home" XDG_RUNTIME_DIR="$w/run" LC_ALL=C.UTF-8
export OUTCRY__CONSOLE__LIMIT=10m # however busy the machine is
g=tests/golden/meaning
bad=0

# bars FILE SEED [BEFORE]: minutes of a walk, some of them missing. They begin 20 s behind a whole minute, or BEFORE so much earlier.
bars() {
    awk -v seed="$2" -v before="${3:-0}" 'function draw(n) { seed = (seed * 16807) % 2147483647; return seed % n }
    BEGIN {
        price = 1000; print "timestamp,open,high,low,close,volume"
        for (i = 0; i < 20000; i++) {
            open = price; price += draw(21) - 10; if (price < 500) price = 500
            high = (open > price ? open : price) + draw(3); low = (open < price ? open : price) - draw(3)
            if (draw(100) < 95) print 1700000000 - before + 60 * i "," open "," high "," low "," price "," 100 + draw(900)
        } }' >"$1"
}
bars "$w/BTC-USDT.csv" 11
bars "$w/ETH-USDT.csv" 12
mkdir "$w/whole"
bars "$w/whole/BTC-USDT.csv" 11 20
bars "$w/whole/ETH-USDT.csv" 12 20

backtest() { "$outcry" backtest "$@" --cash "${cash:-10000 USDT}" --session "$s" --json; }
paper() { "$outcry" paper "$@" --cash "${cash:-10000 USDT}" --session "$s" --json; }

# by_hand LINES ARGUMENTS...: the lines are typed into a console that stands still. Behind each line KILL its host is killed with
# -9 where it stands, and a new one goes on from the journal.
by_hand() {
    lines=$1
    shift
    rm -f "$w"/part.*
    printf '%s\n' "$lines" | sed 's/; /\n/g' | awk -v out="$w/part." 'BEGIN { n = 1 } /^KILL$/ { n++; next } { print >(out n) }'
    part=1
    while [ -e "$w/part.$((part + 1))" ]; do
        rm -f "$w/in"
        mkfifo "$w/in"
        "$outcry" console "$@" --paused --session "$s" >"$w/said" 2>&1 <"$w/in" &
        pid=$!
        exec 9>"$w/in"
        { cat "$w/part.$part"; echo 'print("the end of the part")'; } >&9
        tries=0
        until grep -q 'the end of the part' "$w/said"; do
            tries=$((tries + 1))
            [ $tries -lt 1200 ] || { echo "part $part is not answered"; tail -n 5 "$w/said"; return 1; }
            sleep 0.05
        done
        kill -9 $pid
        wait $pid 2>/dev/null
        pid=
        exec 9>&-
        part=$((part + 1))
    done
    "$outcry" console "$@" --paused --session "$s" <"$w/part.$part" >"$w/said" 2>&1 || { tail -n 5 "$w/said"; return 1; }
}

# first_session NUMBER: the lines of the page docs/console.md, as they are typed into its NUMBERth program.
first_session() {
    awk -v wanted="$1" '/^% / { n++; if (n == wanted) print substr($0, 3) >"/dev/stderr"; next } /^-- / { next }
        NF && n == wanted { print }' tests/golden/first_session.txt >"$w/typed" 2>"$w/command"
    mkdir -p "$w/first"
    cp -r strategies "$w/first"
    (
        cd "$w/first" || exit 1
        rm -rf monday tuesday
        outcry() { "$outcry" "$@"; }
        eval "$(cat "$w/command")" <"$w/typed" >"$w/said" 2>&1
    )
    cp -r "$w/first/$2" "$s"
}

# One row. Prints what was found as `HASH FILLS`.
row() {
    rm -rf "$s"
    (eval "$2") >"$w/out" 2>"$w/err" || { echo "$1: the run failed:" >&2; cat "$w/out" "$w/err" | tail -n 5 >&2; return 1; }
    found=$("$meaning_of" "$s") || return 1
    for json in "$w/out" "$w/report"; do
        "$outcry" report "$s" --json >"$w/report" 2>/dev/null
        hash=$(jq -r '.hashes.meaning' "$json" 2>/dev/null)
        [ -s "$json" ] && [ "$hash" != "${found% *}" ] &&
            { echo "$1: the report says $hash, the records ${found% *}" >&2; return 1; }
    done
    echo "$found"
}

s=$w/session
count=0
while read -r name hash fills command; do
    case $name in
    '#'* | '') [ -z "$record" ] || echo "$name${hash:+ $hash}${fills:+ $fills}${command:+ $command}"; continue ;;
    esac
    [ -z "$only" ] || echo "$name" | grep -qE "$only" || continue
    count=$((count + 1))
    found=$(row "$name" "$command" </dev/null) || { bad=1; continue; }
    if [ -n "$record" ]; then
        echo "$name $found $command"
    elif [ "$found" != "$hash $fills" ]; then
        echo "$name: $found, expected $hash $fills: $command"
        bad=1
    fi
done <"$top/tests/golden/meaning.txt"
[ -n "$record" ] || [ $bad = 1 ] || echo "$count sessions mean what they meant"
exit $bad
