# console_kit.sh: what the tests of piped consoles share. Sourced with the program as $1.
set -u
outcry=$(realpath "$1")
cd "$(dirname "$0")/../.." || exit 1
work=$(mktemp -d)
pids=
trap 'for pid in $pids; do kill -9 "$pid" 2>/dev/null; done; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
mkdir -m 700 "$work/home" "$work/run"
unset XDG_STATE_HOME COLUMNS TERM
export HOME="$work/home" XDG_RUNTIME_DIR="$work/run" LC_ALL=C.UTF-8
export OUTCRY__CONSOLE__LIMIT=10m # however busy the machine is
bad=0
say() { echo "$name: $*"; bad=1; }
has() { grep -qF -- "$2" "$1" || { say "'$2' is not in:"; head -40 "$1"; }; }
lacks() { grep -qF -- "$2" "$1" && { say "'$2' is in:"; head -40 "$1"; }; }
exits() { [ "$1" = "$2" ] || say "$3: exit $1, expected $2"; }
# until_true COMMAND...: ten seconds at most.
until_true() {
    tries=1200
    until "$@"; do
        tries=$((tries - 1))
        [ $tries -gt 0 ] || return 1
        sleep 0.05
    done
}
# agrees SESSION: replayed twice, it agrees with itself.
agrees() {
    for turn in 1 2; do
        "$outcry" replay "$1" >"$work/replay.out" 2>&1 || { say "replay $turn of $(basename "$1"):"; "$outcry" replay "$1" --diff 2>&1 | head -20; }
    done
}
# No process of this test's is left: each names the folder of the test in its arguments.
none_left() {
    mine() { pgrep -ax outcry | grep -F "$work/"; }
    until_true eval "! mine >/dev/null" || { say "processes are left:"; mine; }
}
