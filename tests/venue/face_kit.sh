# face_kit.sh: the rehearsal venue `$face` (binanceus, coinbase, oanda) at its prompt in a folder of its own, and a configuration for its account
# `main`; `more`: lines of the venue's group. $1 and $2 are outcry-venue and outcry.
set -u
export LC_ALL=C
venue=$(realpath "$1")
outcry=$(realpath "$2")
here=$(dirname "$(realpath "$0")")
w=$(mktemp -d)
pid= host=
trap 'kill -9 $pid $host 2>/dev/null; rm -rf "$w"' EXIT
trap 'exit 1' INT TERM
cd "$w" || exit 1
export HOME="$w" XDG_RUNTIME_DIR="$w"
fail() { echo "$(basename "$0" .sh): $*" >&2; tail -n 20 said host.log err >&2; exit 1; }
until_() { # WORDS...: a command that becomes true
    for _ in $(seq 400); do "$@" && return 0; sleep 0.05; done # however busy the machine is
    fail "never: $*"
}
says() { grep -q -- "$1" "$2"; }
tell() { echo "$*" >&8; }
. "$here/face_groups.sh"
# face_open FACE: it runs in the folder that is entered, at the prompt `prompt` (8), and says what it says in `said`; `group`: its group of the configuration.
face_open() {
    mkfifo prompt
    "$venue" $1 --port 0 --every "${every:-1h}" <prompt >said 2>&1 &
    pid=$!
    exec 8>prompt
    until_ says '^account second' said
    port=$(sed -n 's/^listens: localhost:\([0-9]*\).*/\1/p' said)
    group=$(face_group "$1" "$port" "${at:-}rehearsal")
}
if [ -n "${face:-}" ]; then # several: by face_open, each in a folder of its own, `at`
    face_open $face
    printf 'venue: {\n%s\n};\n' "$group" >main.conf
fi
