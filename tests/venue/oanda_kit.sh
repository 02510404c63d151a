# oanda_kit.sh: the rehearsal venue `oanda` at its prompt in a folder of its own, and a configuration for its account `main`; `more`: lines of the
# venue's group. $1 and $2 are outcry-venue and outcry.
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
mkfifo prompt
"$venue" oanda --port 0 --every "${every:-1h}" <prompt >said 2>&1 &
pid=$!
exec 8>prompt
until_ says '^account second' said
port=$(sed -n 's/^listens: localhost:\([0-9]*\).*/\1/p' said)
token=$(cat rehearsal/main.secret)
cat >main.conf <<END
venue: {
  oanda: {
    connector = "outcry.oanda"; accounts = ["main"]; environment = "local"; link = "network";
    endpoint: { rest = "https://localhost:$port"; stream = "https://localhost:$port"; };
    ca_file = "rehearsal/ca.pem";
    keys: { main: { environment = "local"; token = "file:rehearsal/main.secret"; account_id = "file:rehearsal/main.key"; }; };
    instruments = ( { symbol = "EUR/USD:USD"; price_step = "0.00001"; qty_step = "1"; } );
    ${more:-}
  };
};
END
ask() { # METHOD PATH [BODY]: as anybody with the token
    curl -sS --cacert rehearsal/ca.pem -H "Authorization: Bearer $token" -X "$1" ${3:+-d "$3"} "https://localhost:$port/v3/accounts/main/$2"
}
