# house.sh, read by the tests of this folder: an installation in a folder of its own, and plugins that were built with nothing
# but what is there. `. house.sh SOURCE_DIR BUILD_DIR CC`; leaves $w (gone at the end), $outcry, $w/so/NAME.so.
here=$1/tests/outside
build=$2
cc=$3
w=$(mktemp -d)
w=$(cd "$w" && pwd -P)
pid=
trap '[ -z "$pid" ] || kill -9 $pid 2>/dev/null; rm -rf "$w"' EXIT
trap 'exit 1' INT TERM
mkdir -m 700 "$w/home" "$w/run"
mkdir "$w/so" "$w/elsewhere" "$w/new"
unset XDG_STATE_HOME XDG_DATA_HOME COLUMNS LINES TERM OUTCRY_PLUGINS
export HOME="$w/home" XDG_RUNTIME_DIR="$w/run" LC_ALL=C.UTF-8
export OUTCRY__CONSOLE__LIMIT=10m # however busy the machine is
cmake --install "$build" --prefix "$w/prefix" >"$w/log" || exit 1
outcry=$w/prefix/bin/outcry
PKG_CONFIG_PATH=$(dirname "$(find "$w/prefix" -name outcry.pc)")
export PKG_CONFIG_PATH

fail() {
    echo "FAIL $*" >&2
    exit 1
}

# make_plugin SOURCE NAME MORE...: a source beside which there is nothing
make_plugin() {
    from=$1
    to=$2
    shift 2
    cp "$from" "$w/$to.c"
    # shellcheck disable=SC2046  # the flags are meant to be split
    "$cc" -std=c11 -O2 -shared -Wall -Wextra -Wpedantic -Werror "$@" $(pkg-config --cflags outcry) "$w/$to.c" \
        -o "$w/so/$to.so" $(pkg-config --libs outcry) || fail "$to does not build"
    "$outcry" plugin check "$w/so/$to.so" >"$w/checked" 2>&1 || fail "$to: $(cat "$w/checked")"
}
make_plugin "$here/rule_cooldown.c" rule_cooldown
make_plugin "$here/rule_limits.c" rule_limits
# The simulator (market orders at the next open, some basis points worse) and the reader (binary bars) are what `plugin new` makes.
for pair in sim:sim_slip data:data_bin; do
    "$outcry" plugin new ${pair%:*} ${pair#*:} "$w/new" >>"$w/log" 2>&1 || fail "plugin new ${pair%:*}: $(cat "$w/log")"
    make_plugin "$w/new/${pair#*:}/${pair#*:}.c" ${pair#*:}
done
"$cc" -std=c11 -O1 -Wall -Wextra -Werror "$here/bars.c" -o "$w/bars" || fail "bars.c does not build"
"$w/bars" 5000 7 "$w/btc.bin" "$w/btc.csv" || fail "no bars"
cp "$here"/*.lua "$w"

# figures FILE.json: what two runs must have in common
figures() { jq -cS '[.money.final, .trades.requests, .trades.denied, .trades.fills, .hashes.meaning]' "$1"; }

# replays FOLDER: to the byte, from here and from elsewhere
replays() {
    "$outcry" replay "$1" --diff >"$w/replay" 2>&1 || fail "$2: the replay differs: $(tail -n 12 "$w/replay")"
    (cd "$w/elsewhere" && "$outcry" replay "$1" --diff) >"$w/replay" 2>&1 ||
        fail "$2: the replay from elsewhere differs: $(tail -n 12 "$w/replay")"
}

# kill_lines LINES: a console (`stand`, of the test) carries them out, and is killed where it stands. What it said is in `said`,
# which is emptied before `in` is opened: else the words of the one before could be read.
kill_lines() {
    rm -f in
    mkfifo in
    (stand) >said 2>&1 <in &
    pid=$!
    exec 9>in
    printf '%s\nprint("it " .. "stands")\n' "$1" >&9
    tries=0
    until grep -q 'it stands' said; do
        tries=$((tries + 1))
        [ $tries -lt 1200 ] || fail "'$1' is not answered: $(tail -n 5 said)"
        sleep 0.05
    done
    kill -9 $pid
    wait $pid 2>/dev/null
    pid=
    exec 9>&-
}

# kill_at STEPS: so many events later, where it stands.
kill_at() { kill_lines "$([ "$1" = 0 ] || echo "step $1")"; }
