#!/bin/sh
# tarn.sh SOURCE_DIR BUILD_DIR CC: an exchange that renames orders with each amendment, says sums, and numbers what it hears. Ids, fills that
# are asked for, a dead man's switch and what the connector keeps are as they were when the host is killed and started again; D3 (an
# end with more traded than is booked), D6 (order and fill of another hand) and D8 (a fill that is corrected and taken back).
set -u
. "$1/tests/outside/house.sh"
meaning_of=$(realpath "$build")/tests/support/meaning_of
cd "$w" || exit 1
mkdir conf conf/plugins
make_plugin "$here/connector_tarn.c" tarn
cp so/tarn.so conf/plugins
cat >conf/tarn.conf <<END
plugins: { folders = ["plugins"]; };
venue: { tarn: { connector = "org.example.tarn"; accounts = ["main"]; environment = "local"; transcript = "day.txt"; deadman = "30s";
  instruments = ( { symbol = "BTC/USDT"; price_step = "0.01"; qty_step = "0.001"; } ); }; };
END
lua=$w/tarn.lua
more=

go() { # VERB FOLDER MORE...
    verb=$1 folder=$2
    shift 2
    # shellcheck disable=SC2086
    exec "$outcry" "$verb" "$lua" --venue tarn --config conf/tarn.conf $more --cash '10000 USDT' --session "$folder" "$@"
}

stand() { go console cut --paused; }

cat >conf/day.txt <<'END'
transcript 2
# Each change is said by the id that the order has by then, under a name of its own; what the end says beyond the fills is asked for.
@ 2026-01-05T14:30:00Z
tarn > D,1,$armed,30
tarn < K,$armed
tarn < T,100.00,0.5
tarn > N,2,$client,B,0.010,99.00
tarn < A,$client,v1
@ +1s
tarn < T,100.10,0.5
tarn > M,3,$first,v1,$second01,99.10
tarn < U,$first,$second01,v2,99.10
tarn < F,v2,B,99.10,0.002,t1
@ +1s
tarn < T,100.20,0.5
tarn > M,4,$then,v2,$third02,99.20
tarn < U,$then,$third02,v3,99.20
@ +8s
tarn > D,5,$again,30
tarn < K,$again
tarn < T,100.30,0.5
tarn > C,6,v3
tarn < G,v3,0.007
tarn > Q,$question,v3
@ +1s
tarn < F,v2,B,99.10,0.002,t1
tarn < F,v3,B,99.20,0.005,t2
tarn < E,$question
# Another hand: an order of 5 of which 1 has traded, and its fill. Then a fill of ours is corrected, and one is taken back.
tarn < O,x1,S,0.005,105.00,0.001
tarn > Q,$other,x1
tarn < F,x1,S,105.00,0.001,t3
tarn < E,$other
@ +1s
tarn < B,v3,t2,0.004,99.00
tarn < B,v3,t2,0.004,99.00
tarn < B,v2,t1,0,0
tarn < T,100.50,0.5
END
sed -i 's/\$second01/$second/; s/\$third02/$third/' conf/day.txt
(go run whole --listen none --json) >whole.json 2>whole.err || fail "run: $(cat whole.err)"
# 2 and 5 bought, 1 sold by another hand, 5 at 99.20 corrected to 4 at 99.00, 2 taken back; each said twice and booked once
[ "$(jq '.trades.fills == 3 and .trades.denied == 0' whole.json)" = true ] || fail "fills: $(jq -c .trades whole.json)"
[ "$(jq '.money.final == "10000.0105"' whole.json)" = true ] || # 10000 - 0.004 x 99 + 0.001 x 105 + 0.003 x 100.50
    fail "money: $(jq -c .money whole.json)"
(go console whole --paused) >said 2>&1 <<'END' || fail "console: $(cat said)"
positions
END
replays "$w/whole" whole
"$outcry" report whole --json >whole.report 2>&1 || fail "report: $(cat whole.report)"
[ "$("$outcry" report whole --json | jq -c .hashes.meaning)" = "$(jq -c .hashes.meaning whole.json)" ] || fail "the report has other records"
echo "run: $(jq -c '[.trades.fills, .trades.requests, .money.final]' whole.json)"

# What was put stands in the records, each number once.
for at in 0 1 1 2 1 3 1 2 0; do kill_at $at; done
(go run cut --listen none --json) >cut.json 2>cut.err || fail "after 9 kills: $(cat cut.err)"
[ "$("$meaning_of" whole)" = "$("$meaning_of" cut)" ] || fail "9 kills: other records"
[ "$(figures whole.json)" = "$(figures cut.json)" ] || fail "9 kills: other figures: $(figures cut.json)"
replays "$w/cut" "9 kills"
echo "9 kills, as uninterrupted"

# Killed within each request and each message, before and behind what it does, by the connector itself: gone on with by the whole one,
# nothing is said twice, and nothing is missing.
cat >mortal.c <<'END'
static void die_at(const char *call, int number)
{
    static int calls[2];
    if (++calls[call[0] == 'm'] == DIES_AT && call[0] == DIES_IN[0])
        *(volatile int *)0 = 1; /* a connector is pure: this is the end that it can make by itself */
}
END
sed -e 's/^static oc_rc request(void \*self/static oc_rc whole_request(void *self/' -e 's/^static oc_rc message(void \*self/static oc_rc whole_message(void *self/' \
    -e 's/^static oc_rc fetch(/static oc_rc request(void *self, const struct oc_venue_request *first, uint32_t size, uint32_t count, uint32_t batch)\
{\
    die_at("request", 0);\
    const oc_rc rc = whole_request(self, first, size, count, batch);\
    die_at("request", 1);\
    return rc;\
}\
static oc_rc message(void *self, const struct oc_message *heard)\
{\
    die_at("message", 0);\
    const oc_rc rc = whole_message(self, heard);\
    die_at("message", 1);\
    return rc;\
}\
static oc_rc fetch(/' "$here/connector_tarn.c" | cat mortal.c - >mortal_tarn.c
deaths=0
for where in request:1 request:2 request:3 request:4 request:5 request:6 request:7 request:8 request:9 request:10 request:11 request:12 \
    message:1 message:4 message:7 message:12 message:15 message:18 message:21 message:24 message:27 message:30 message:33 message:36; do
    "$cc" -std=gnu11 -O2 -shared -DDIES_IN="\"${where%:*}\"" -DDIES_AT="${where#*:}" $(pkg-config --cflags outcry) mortal_tarn.c \
        -o conf/plugins/tarn.so $(pkg-config --libs outcry) || fail "mortal_tarn.c does not build"
    rm -rf dead
    { (go run dead --listen none --quiet) >out 2>&1 && fail "$where: it does not die: $(cat out)"; } 2>/dev/null
    cp so/tarn.so conf/plugins/tarn.so
    (go run dead --listen none --json) >dead.json 2>dead.err || fail "$where: $(cat dead.err)"
    [ "$("$meaning_of" whole)" = "$("$meaning_of" dead)" ] || fail "$where: other records"
    deaths=$((deaths + 1))
done
replays "$w/dead" "killed in a call"
echo "$deaths deaths within a call, as uninterrupted"
