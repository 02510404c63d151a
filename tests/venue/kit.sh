# kit.sh: what the scripts about sessions at the rehearsal venue share: a folder of their own, the venue at its prompt, a session and its console.
# Sourced with OUTCRY OUTCRY_VENUE as $1 and $2.
outcry=$(realpath "$1")
program=$(realpath "$2")
test=$(basename "$0" .sh)
w=$(mktemp -d)
pid= venue=
trap '[ -z "$pid" ] || kill -9 $pid 2>/dev/null; [ -z "$venue" ] || kill -9 $venue 2>/dev/null; rm -rf "$w"' EXIT
trap 'exit 1' INT TERM
mkdir -m 700 "$w/home" "$w/run"
unset XDG_STATE_HOME COLUMNS LINES TERM OUTCRY_PLUGINS
export HOME="$w/home" XDG_RUNTIME_DIR="$w/run" LC_ALL=C.UTF-8
root=$(realpath "$(dirname "$0")/../..")
example=$root/sdk/examples/connector_plain
cd "$w" || exit 1
fail() { echo "$test: $*" >&2; [ -s err ] && tail -n 20 err >&2; exit 1; }
until_said() { # WORDS FILE
    for _ in $(seq 300); do grep -qa -e "$1" "$2" 2>/dev/null && return 0; sleep 0.05; done
    fail "'$1' is not said in $2: $(tail -n 5 "$2")"
}
cp "$(dirname "$outcry")/sdk/examples/plain.so" "$example/day.lua" . || exit 1
mkfifo prompt
start_venue() { # ARGUMENTS...: at any port
    "$program" plain --port 0 "$@" <prompt >venue.log 2>&1 &
    venue=$!
    exec 8>prompt
    until_said '^account second' venue.log
    port=$(sed -n 's/^listens: localhost:\([0-9]*\).*/\1/p' venue.log)
}
conf() { # FILE [LINES]: the group, with more lines of its own
    sed "s/localhost:7443/localhost:$port/g; s|instruments = |$(printf %s "${2:-}" | tr '\n' ' ') &|" "$example/day.conf" >"$1"
}
begin() { # SESSION MORE...: in the background; what it says in $SESSION.err and $SESSION.json
    session=$1
    shift
    "$outcry" run day.lua --venue plain --config main.conf --plugin plain="$w/plain.so" --cash '100000 USDT' --session "$session" --json \
        --listen "$w/run/socket" "$@" >"$session.json" 2>err &
    pid=$!
}
console() { printf '%s\n' "$@" | "$outcry" console --attach "$w/run/socket" --trade 2>&1; }
end() { # SESSION: as by Ctrl-C
    kill -INT $pid
    wait $pid || fail "$1 ends with $?"
    pid=
    cp err "$1.err"
    "$outcry" replay "$1" --diff >said 2>&1 || fail "$1: the replay differs: $(cat said)"
    "$outcry" report "$1" --json >"$1.report" 2>said || fail "$1: no report: $(cat said)"
}
