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
mkfifo prompt
"$venue" $face --port 0 --every "${every:-1h}" <prompt >said 2>&1 &
pid=$!
exec 8>prompt
until_ says '^account second' said
port=$(sed -n 's/^listens: localhost:\([0-9]*\).*/\1/p' said)
case $face in
binanceus)
    endpoint="rest = \"https://localhost:$port\"; stream = \"wss://localhost:$port\";"
    key='api_key = "file:rehearsal/main.key"; secret = "file:rehearsal/main.secret";'
    instrument='symbol = "BTC/USD"; price_step = "0.01"; qty_step = "0.00001";'
    ;;
coinbase)
    endpoint="rest = \"https://localhost:$port\"; market = \"wss://localhost:$port\"; user = \"wss://localhost:$port\";"
    key='key_name = "file:rehearsal/main.key"; private_key = "file:rehearsal/main.secret";'
    instrument='symbol = "BTC/USD"; price_step = "0.01"; qty_step = "0.00000001";'
    ;;
oanda)
    endpoint="rest = \"https://localhost:$port\"; stream = \"https://localhost:$port\";"
    key='token = "file:rehearsal/main.secret"; account_id = "file:rehearsal/main.key";'
    instrument='symbol = "EUR/USD:USD"; price_step = "0.00001"; qty_step = "1";'
    ;;
esac
cat >main.conf <<END
venue: {
  $face: {
    connector = "outcry.$face"; accounts = ["main"]; environment = "local"; link = "network";
    endpoint: { $endpoint };
    ca_file = "rehearsal/ca.pem";
    keys: { main: { environment = "local"; $key }; };
    instruments = ( { $instrument } );
    ${more:-}
  };
};
END
