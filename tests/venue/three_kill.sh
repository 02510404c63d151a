#!/bin/sh
# three_kill.sh OUTCRY_VENUE OUTCRY [KILLS [SEED [CABLE]]]: one session trades at the faces `binanceus`, `coinbase` and `oanda` over TLS, is killed with -9 at random moments, with orders
# open and on their way at all three, and each time gone on with; then the cables to all three are pulled for CABLE seconds (0: they are not). At the end each venue holds what the session holds, to the last unit, and has made as many
# fills; a replay is the same to the byte.
set -u
export LC_ALL=C
venue=$(realpath "$1")
outcry=$(realpath "$2")
kills=${3:-200} seed=${4:-1} cable=${5:-0}
here=$(dirname "$(realpath "$0")")
faces='binanceus coinbase oanda'
w=$(mktemp -d)
host= pids= relays=
trap 'kill -9 $host $pids $relays 2>/dev/null; rm -rf "$w"' EXIT
trap 'exit 1' INT TERM
cd "$w" || exit 1
export HOME="$w" XDG_RUNTIME_DIR="$w" OUTCRY__HISTORY__WRITE=yes
unset XDG_DATA_HOME
fail() { echo "three_kill: $*" >&2; tail -n 20 host.log err >&2; exit 1; }
until_() { # SECONDS WORDS...: a command that becomes true
    tries=$(($1 * 10))
    shift
    for _ in $(seq $tries); do "$@" && return 0; sleep 0.1; done
    fail "never: $*"
}
says() { grep -q -- "$1" "$2"; }
. "$here/face_groups.sh"
port_of() { sed -n 's/^listens: localhost:\([0-9]*\).*/\1/p' "$1.said"; }
tell() { # FACE WORDS...
    to=$1
    shift
    case $to in
    binanceus) echo "$*" >&7 ;;
    coinbase) echo "$*" >&8 ;;
    oanda) echo "$*" >&9 ;;
    esac
}
mkfifo binanceus.in coinbase.in oanda.in
groups=
for face in $faces; do
    "$venue" "$face" --folder "$face" --port 0 --every 400ms <"$face.in" >"$face.said" 2>&1 &
    pids="$pids $!"
done
exec 7>binanceus.in 8>coinbase.in 9>oanda.in
for face in $faces; do
    until_ 20 says '^account second' "$face.said"
    port=$(port_of "$face")
    if [ "$cable" -gt 0 ]; then
        perl "$here/relay.pl" "$port" >"$face.relay" &
        relays="$relays $!"
        until_ 10 says '[0-9]' "$face.relay"
        port=$(cat "$face.relay")
    fi
    groups="$groups$(face_group "$face" "$port" "$face")
"
done
printf 'account: { cost_method = "fifo"; };\nvenue: {\n%s};\n' "$groups" >main.conf
begin() {
    "$outcry" run "$here/three_kill.lua" --venue binanceus,coinbase,oanda --config main.conf --cash '100000 USD' --session life --listen none --json >life.json 2>>host.log &
    host=$!
}
touch host.log err
count() { grep -c "outcry.$1 is compared" host.log; }
for i in $(seq "$kills"); do
    begin
    seed=$(((seed * 1103515245 + 12345) % 2147483648)) # a small generator of our own: 0.4 to 2.9 s
    ms=$((400 + seed / 65536 % 2500))
    sleep "$((ms / 1000)).$(printf %03d $((ms % 1000)))"
    kill -9 $host 2>/dev/null || fail "life $i: it had ended by itself"
    wait $host 2>/dev/null
done
# Once more, until nothing is asked for any more and all is compared; then nothing moves any more.
before="$(count binanceus) $(count coinbase) $(count oanda)"
begin
all_compared() {
    # shellcheck disable=SC2086
    set -- $before
    [ "$(count binanceus)" -gt "$1" ] && [ "$(count coinbase)" -gt "$2" ] && [ "$(count oanda)" -gt "$3" ]
}
until_ 90 all_compared # a minute of weight may have to pass first
if [ "$cable" -gt 0 ]; then # not a byte gets through; what was on its way comes when it is there again
    sleep 2
    # shellcheck disable=SC2086
    kill -STOP $relays
    sleep "$cable"
    before="$(count binanceus) $(count coinbase) $(count oanda)"
    # shellcheck disable=SC2086
    kill -CONT $relays
    [ "$cable" -lt 15 ] || until_ 90 all_compared # the streams had fallen
    sleep 3
fi
tell binanceus halt BTCUSD
tell coinbase halt BTC-USD
tell oanda halt EUR_USD
sleep "${OUTCRY_KILL_WAIT:-15}" # of what was under way it is asked again, until not found proves something
kill -INT $host
wait $host
code=$?
[ $code -eq 0 ] || [ $code -eq 130 ] || fail "the session ended with $code"
host=
[ "$(grep -c 'holds .*, 0 unknown' host.log)" = 3 ] || fail "of some orders it is not known what became of them: $(grep holds host.log)"
# What the fills of the records come to, against what the venue holds; each is there once, and as many as the venue has made.
total=0
for face in $faces; do
    tell "$face" list
    until_ 10 says '^ledger: ' "$face.said"
    says '^ledger: adds up' "$face.said" || fail "the ledger of $face does not add up"
    there=$(sed -n 's/.* orders asked for, \([0-9]*\) fills/\1/p' "$face.said" | tail -n 1)
    "$outcry" fills --venue "$face" --json 2>>err >"$face.told" || fail "no history: $(cat err)"
    jq '{fills: [.fills[] | select(.status != "replaced" and .status != "void")]}' "$face.told" >"$face.fills" # inferred first, and then told
    here=$(jq '.fills | length' "$face.fills")
    [ "$(jq '[.fills[].trade_id] | unique | length' "$face.fills")" = "$here" ] || fail "$face: fills that are there twice"
    [ "$face" = oanda ] || [ "$here" = "$there" ] || fail "$face: $here fills here, and $there there"
    "$outcry" reconcile "$face" --config main.conf >"$face.theirs" 2>>err || fail "what $face says: $(cat err)"
    total=$((total + here))
done
amount() { awk -v of="$2" '$1 == "balance" && $2 == of { gsub(",", ""); printf "%.10f\n", $4 + $6 }' "$1.theirs"; }
come_to() { # FACE WHAT
    jq -r "[.fills[] | $2] | add // 0" "$1.fills"
}
sign='(if .side == "buy" then 1 else -1 end)'
base="$sign * (.qty | tonumber) - (if .fee_asset == \"BTC\" then (.fee | tonumber) else 0 end)"
cash="-$sign * (.value | tonumber) - (if .fee_asset == \"USD\" then (.fee | tonumber) else 0 end)"
same() { # WHAT HERE THERE [APART]
    awk -v a="$2" -v b="$3" -v most="${4:-1e-7}" 'BEGIN { d = a - b; exit !(b != "" && d < most && d > -most) }' || fail "$1: $2 here, and '$3' there"
}
for face in binanceus coinbase; do
    same "BTC of $face" "$(come_to $face "$base")" "$(amount $face BTC | awk '{ printf "%.10f", $1 - 2 }')"
    same "USD of $face" "$(come_to $face "$cash")" "$(amount $face USD | awk '{ printf "%.10f", $1 - 100000 }')"
done
same 'USD of oanda' "$(come_to oanda '(.realised | tonumber)')" "$(amount oanda USD | awk '{ printf "%.10f", $1 - 100000 }')" 1e-3 # it rounds the cost of what is left of a trade
same 'EUR of oanda' "$(come_to oanda "$sign * (.qty | tonumber)")" "$(curl -sS --cacert oanda/ca.pem -H "Authorization: Bearer $(cat oanda/main.secret)" \
    "https://localhost:$(port_of oanda)/v3/accounts/main/openPositions" | jq '[.positions[] | (.long.units | tonumber) + (.short.units | tonumber)] | add // 0')"
"$outcry" replay life --diff >replayed 2>&1 || fail "a replay differs: $(cat replayed)"
for face in $faces; do tell "$face" quit; done
# shellcheck disable=SC2086
wait $pids
pids=
echo "$kills kills, $total fills of three venues: none lost, none doubled, and a replay is the same"
