# kit.sh: what the scripts of this folder share: a folder of their own, the connector that signs, a transcript and a MAC by another program.
outcry=$(realpath "$1")
build=$(dirname "$outcry")
here=$(realpath "$(dirname "$0")")
root=$(realpath "$here/../..")
w=$(mktemp -d)
trap 'rm -rf "$w"' EXIT
trap 'exit 1' INT TERM
mkdir -m 700 "$w/home" "$w/run" "$w/data"
unset XDG_STATE_HOME COLUMNS LINES TERM OUTCRY_PLUGINS CREDENTIALS_DIRECTORY
export HOME="$w/home" XDG_RUNTIME_DIR="$w/run" XDG_DATA_HOME="$w/data" LC_ALL=C.UTF-8
cd "$w" || exit 1
fail() { echo "$(basename "$0" .sh): $*" >&2; exit 1; }
plugin="--plugin signs=$build/tests/keys/signs.so"
cp "$root/sdk/examples/connector_loopback/day.lua" . || exit 1
mac() { printf '%s' "$1" | openssl dgst -sha256 -hmac "$2" | sed 's/.*= //'; } # TEXT SECRET

# s.conf: `keys` of the account main are the words given; s.txt: what the venue hears is signed with that secret, or the run ends.
config() { # KEYS [ENVIRONMENT]
    {
        echo "venue: { signs: { connector = \"org.example.signs\"; accounts = [\"main\"]; transcript = \"s.txt\";"
        echo "  environment = \"${2:-local}\"; instruments = ( { symbol = \"BTC/USDT\"; price_step = \"0.01\"; qty_step = \"0.001\"; } );"
        [ -z "$1" ] || echo "  keys: { main: { $1 }; };"
        echo "}; };"
    } >s.conf
}
transcript() { # API_KEY SECRET PASSPHRASE
    order='new 1099511627777 buy 10 10000'
    cat >s.txt <<END
transcript 2
@ 2026-01-05T14:30:00Z
lines > login $1 $3 1 $(mac "login $1 1" "$2")
lines < trade 10000 5
lines > $order $(mac "$order" "$2")
lines < ack 1099511627777
lines < fill 1099511627777 10 10000 t1
@ 2026-01-05T14:30:02Z
END
}
# Whether the transcript is heard to its end: what was sent is what it says, to the byte.
runs() { "$outcry" run day.lua --venue signs --config s.conf $plugin --cash '10000 USDT' --listen none "$@" >out 2>err; }
