# kit.sh: what the tests of the console share: a terminal (tmux) of a known size, keys, and waiting for text.
# A test is called with the program under test as its only argument. Every wait has a limit, and nothing sleeps blindly.
set -u
outcry=$1
command -v tmux >/dev/null || { echo "SKIPPED: tmux is not installed, so the console was not driven in a terminal"; exit 77; }
dir=$(mktemp -d -t oc.XXXXXX) || exit 1
mkdir -m 700 "$dir/home" "$dir/run"
server="outcry-$$"
host=
unset NO_COLOR XDG_STATE_HOME LC_CTYPE LANG TMUX
export HOME="$dir/home" XDG_RUNTIME_DIR="$dir/run" LC_ALL=C.UTF-8
tm() { tmux -L "$server" -f /dev/null "$@"; }

finish() {
    tm kill-server 2>/dev/null
    [ -n "$host" ] && kill -9 "$host" 2>/dev/null
    rm -rf "$dir"
}
trap finish EXIT
trap 'exit 1' INT TERM

fail() {
    echo "FAILED: $*"
    for pane in $(tm list-sessions -F '#S' 2>/dev/null); do
        echo "---- the screen of $pane"
        tm capture-pane -p -t "$pane"
    done
    exit 1
}

# open NAME COLUMNS ROWS [NAME=VALUE...]: a terminal with a shell in it. NAME is `at` from now on.
at=
open() {
    at=$1
    tm new-session -d -s "$1" -x "$2" -y "$3" "env PS1='sh$ ' sh" || fail "tmux does not start"
    tm set-option -g status off
    tm set-option -g default-terminal screen-256color
    shift 3
    for setting in "$@"; do line "export $setting"; done
    line clear
}
keys() { tm send-keys -t "$at" "$@"; }
text() { tm send-keys -t "$at" -l -- "$1"; }
line() { text "$1"; keys Enter; }
screen() { tm capture-pane -p -t "$at"; }

# until_true SECONDS COMMAND...
until_true() {
    tries=$(($1 * 20))
    shift
    while ! "$@"; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || return 1
        sleep 0.05
    done
}
shows() { screen | grep -qF -- "$1"; }
hides() { ! screen | grep -qF -- "$1"; }
matches() { screen | grep -qE -- "$1"; }
# see TEXT: waits until the screen shows it. see_line PATTERN: a whole line that matches.
see() { until_true "${2:-60}" shows "$1" || fail "expected on the screen of $at: $1"; }
see_line() { until_true "${2:-60}" matches "^$1 *\$" || fail "expected a line on the screen of $at: $1"; }
see_gone() { until_true "${2:-60}" hides "$1" || fail "expected to be gone from the screen of $at: $1"; }
# Waits for an empty prompt, of the shell or of the console: what is typed before it may be thrown away with the old line.
at_prompt() { screen | grep -v '^ *$' | tail -1 | grep -qE "$1 *\$"; }
see_prompt() { until_true 60 at_prompt '[a-z0-9%] >' || fail "expected an empty prompt at the end of the screen of $at"; }
see_shell() { until_true 60 at_prompt '^sh\$' || fail "expected the shell at the end of the screen of $at"; }
drop_line() { keys C-c && see_prompt; }
# The console that runs in this terminal.
its_console() { pgrep -x outcry -t "$(tm display-message -p -t "$at" '#{pane_tty}' | sed 's,^/dev/,,')"; }
ok() { echo "ok: $*"; }

# A host that runs, as `outcry paper` of a person; its socket is found by --attach alone.
start_host() {
    "$outcry" paper --feed synthetic:10 --speed 1x --cash '10000 USDT' "$@" >"$dir/host.out" 2>&1 &
    host=$!
    until_true 60 sh -c "ls '$dir'/run/outcry/*.sock >/dev/null 2>&1" || { cat "$dir/host.out"; fail "the host opens no socket"; }
}
host_lives() { kill -0 "$host" 2>/dev/null; }
