#!/bin/sh
# venue.sh SOURCE_DIR BUILD_DIR CC: a JSON-lines connector of an outsider is the venue of `outcry run` and of a console, on a
# transcript. Its run is replayed to the byte, without connector and transcript too; the report of its records agrees; killed with
# -9 and started again 20 times it gives the records of one that nobody touched. Paper, backtest and a console never call it.
set -u
. "$1/tests/outside/house.sh"
meaning_of=$(realpath "$build")/tests/support/meaning_of
cd "$w" || exit 1
mkdir conf conf/plugins
make_plugin "$here/connector_jline.c" jline
cp so/jline.so conf/plugins
awk -v COUNT=9000 -f "$here/venue_script.awk" >conf/day.txt || fail "no transcript"
cat >conf/venue.conf <<END
plugins: { folders = ["plugins"]; };
venue: { mine: { connector = "org.example.jline"; accounts = ["main"]; environment = "local"; transcript = "day.txt";
  instruments = ( { symbol = "BTC/USDT"; price_step = "0.01"; qty_step = "0.001"; } ); }; };
END
config="--config $w/conf/venue.conf"
lua=$w/venue.lua
more=

go() { # VERB FOLDER MORE...
    verb=$1 folder=$2
    shift 2
    # shellcheck disable=SC2086
    exec "$outcry" "$verb" "$lua" --venue mine $config $more --cash '10000 USDT' --session "$folder" "$@"
}

stand() { go console cut --paused; }

# The whole, from another folder: the transcript of a configuration is relative to it.
(cd elsewhere && go run "$w/whole" --listen none --json) >whole.json 2>whole.err || fail "run: $(cat whole.err)"
[ "$(jq '.trades.fills > 500 and .trades.denied == 0 and .mode == "run"' whole.json)" = true ] || fail "$(jq -c .trades whole.json)"
grep -q 'org.example.jline could not use a message' whole.err || fail "an unreadable word is not said: $(cat whole.err)"
jq -r '.notes[]' whole.json >notes
grep -q 'venue.mine: org.example.jline 1.0.0, a plugin from outside: /' notes || fail "the part is not named: $(cat notes)"
grep -q 'fills: as the venue mine says, through org.example.jline' notes || fail "who fills is not said: $(cat notes)"
replays "$w/whole" whole
"$outcry" report whole --json >whole.report 2>&1 || fail "report: $(cat whole.report)"
for part in .money .trades .risk .trips .curve .hashes.meaning .hashes.input; do
    [ "$(jq -cS "$part" whole.json)" = "$(jq -cS "$part" whole.report)" ] || fail "the report has another $part"
done
echo "run: filled, replayed, reported"

kills="0 0 1 1 2 3 5 8 13 40 77 160 333 700 1000 1311 4500 150 60 9"
[ -z "${4:-}" ] || kills="0 1 5 160 1311" # a sanitizer sees the code that way too, and starts are slow with it
for at in $kills; do kill_at $at; done
(go run cut --listen none --json) >cut.json 2>cut.err || fail "after 20 kills: $(cat cut.err)"
for folder in whole cut; do
    jq -S '[.money, .trades.requests, .trades.denied, .trades.fills, .hashes.meaning, .hashes.order_records, .hashes.input]' \
        $folder.json >$folder.figures
    "$outcry" report $folder --json 2>/dev/null | jq -S 'del(.hashes.orders, .speed, .notes)' >$folder.report
done
diff whole.figures cut.figures >differs || fail "20 kills: other figures: $(cat differs)"
diff whole.report cut.report >differs || fail "20 kills: another report: $(head -n 20 differs)"
[ "$("$meaning_of" whole)" = "$("$meaning_of" cut)" ] || fail "20 kills: other records"
replays "$w/cut" "20 kills"
echo "20 kills, as uninterrupted"

# Killed in the middle of a step: with the request recorded, before or after it was sent, by the connector itself. What a built bar
# asked for is not asked for again.
cat >mortal.c <<'END'
static int requests;
static void die_at(int number)
{
    if (++requests == number)
        *(volatile int *)0 = 1; /* a connector is pure: this is the end that it can make by itself */
}
END
sed 's/^static oc_rc request(.*/static oc_rc send_request(void *self, const struct oc_venue_request *first, uint32_t all);\
static oc_rc request(void *self, const struct oc_venue_request *first, uint32_t all, uint32_t count, uint32_t batch)\
{\
    (void)count, (void)batch;\
    die_at(7);\
    oc_rc rc = send_request(self, first, all);\
    die_at(9);\
    return rc;\
}\
static oc_rc send_request(void *self, const struct oc_venue_request *first, uint32_t all)/; s/, (void)count, (void)batch; .*one at a time.*/;/' "$here/connector_jline.c" | cat mortal.c - >mortal_jline.c
"$cc" -std=gnu11 -O2 -shared $(pkg-config --cflags outcry) mortal_jline.c -o conf/plugins/jline.so $(pkg-config --libs outcry) ||
    fail "mortal_jline.c does not build"
rm -rf dead
died=0
while [ $died -lt 20 ]; do
    { (go run dead --listen none --quiet) >out 2>&1 && fail "it does not die: $(cat out)"; } 2>/dev/null
    died=$((died + 1))
done
cp so/jline.so conf/plugins/jline.so
(go run dead --listen none --json) >dead.json 2>dead.err || fail "killed in a step: $(cat dead.err)"
[ "$("$meaning_of" whole)" = "$("$meaning_of" dead)" ] || fail "killed in a step: other records"
replays "$w/dead" "killed in a step"
echo "20 deaths within a step, as uninterrupted"

# What was recorded needs neither of them: the market stands in it by value.
mv conf/day.txt conf/plugins/jline.so .
for folder in whole cut; do replays "$w/$folder" "$folder alone"; done
"$outcry" report cut --json 2>/dev/null | jq -S 'del(.hashes.orders, .speed, .notes)' >alone.report
cmp -s whole.report alone.report || fail "the records alone give another report"
mv day.txt conf; mv jline.so conf/plugins
echo "replayed and reported without connector and transcript"

# A transcript that says something else than what was recorded is not gone on with.
sed 's/"q":"0.5"/"q":"0.6"/' conf/day.txt >conf/other.txt
rm -rf cut
kill_at 500
cp conf/day.txt day.txt
cp conf/other.txt conf/day.txt
(go run cut --listen none) >out 2>&1 && fail "another transcript is gone on with"
grep -q 'it does not say what record [0-9]* of the session holds' out || fail "another transcript: $(cat out)"
cp day.txt conf/day.txt
(go run cut --listen none --quiet) >out 2>&1 || fail "the right one again: $(cat out)"
echo "another transcript: refused"

# What the script expects is held against what is sent: the first difference ends the run, with the line.
cat >conf/strict.txt <<'END'
transcript 2
@ 2026-01-05T14:30:00Z
lines < {"e":"trade","t":1767623460000000000,"s":"BTC/USDT","p":"100.00","q":"1"}
lines > {"op":"new","id":$id,"s":"BTC/USDT","side":"buy","type":"limit","q":"0.010","p":"100.00"}
lines < {"e":"ack","id":$id}
lines < {"e":"fill","id":$id,"s":"BTC/USDT","p":"99.50","q":"0.010","fee":"0.01","trade":"x1"}
lines < {"e":"trade","t":1767623465000000000,"s":"BTC/USDT","p":"101.00","q":"1"}
@ 2026-01-05T14:31:10Z
lines > {"op":"new","id":$id,"s":"BTC/USDT","side":"sell","type":"limit","q":"0.010","p":"101.00"}
lines < {"e":"fill","id":$id,"s":"BTC/USDT","p":"101.00","q":"0.010","trade":"x2"}
END
cat >strict.lua <<'END'
strategy { name = "strict" }
local P = params { qty = { 0.01, min = 0, max = 1, doc = "base" } }
function on_init(m) market = m end
function leave() market:sell { qty = market.position.qty, price = 101 } end -- by name: a restart finds it again
function on_trade(m, t)
  if m.position.qty == 0 then m:buy { qty = P.qty, price = t.price } else after("2s", leave) end
end
END
strict() { # FOLDER MORE...
    folder=$1
    shift
    # shellcheck disable=SC2086
    "$outcry" run strict.lua --venue mine $config --set venue.mine.transcript=conf/strict.txt --cash '10000 USDT' \
        --listen none --session "$folder" "$@"
}
strict strict --json >strict.json 2>strict.err || fail "a strict transcript: $(cat strict.err)"
[ "$(jq -c '[.trades.fills, .trades.round_trips, .money.final]' strict.json)" = '[2,1,"10000.005"]' ] ||
    fail "a strict transcript: $(jq -c '[.trades, .money]' strict.json)"
replays "$w/strict" strict
rm -rf cut
lua=strict.lua more='--set venue.mine.transcript=conf/strict.txt'
for at in 0 1 0 0 1; do kill_at $at; done
(go run cut --listen none --json) >cut.json 2>cut.err || fail "a strict transcript, killed: $(cat cut.err)"
[ "$("$meaning_of" strict)" = "$("$meaning_of" cut)" ] || fail "a strict transcript, killed: other records"
replays "$w/cut" "a strict transcript, killed"
# One event is taken ahead: what a timer sends before it is handled was heard by a venue that had said it already.
cat >conf/ahead.txt <<'END'
transcript 2
@ 2026-01-05T14:30:00Z
lines < {"e":"trade","t":1767623460000000000,"s":"BTC/USDT","p":"100.00","q":"1"}
lines < {"e":"trade","t":1767623470000000000,"s":"BTC/USDT","p":"100.00","q":"1"}
lines > {"op":"new","id":$id,"s":"BTC/USDT","side":"buy","type":"limit","q":"0.010","p":"100.00"}
lines < {"e":"fill","id":$id,"s":"BTC/USDT","p":"100.00","q":"0.010","trade":"x1"}
lines < {"e":"trade","t":1767623480000000000,"s":"BTC/USDT","p":"101.00","q":"1"}
END
cat >ahead.lua <<'END'
strategy { name = "ahead" }
function on_init(m) after("62s", function() m:buy { qty = 0.01, price = 100 } end) end
function on_trade(m, t) end
END
rm -rf cut whole2
lua=ahead.lua more='--set venue.mine.transcript=conf/ahead.txt'
(go run whole2 --listen none --json) >cut.json 2>cut.err || fail "ahead: $(cat cut.err)"
[ "$(jq .trades.fills cut.json)" = 1 ] || fail "ahead: $(jq -c .trades cut.json)"
kill_at 2
(go run cut --listen none --json) >cut.json 2>cut.err || fail "ahead, killed: $(cat cut.err)"
[ "$("$meaning_of" whole2)" = "$("$meaning_of" cut)" ] || fail "ahead, killed: other records"
replays "$w/cut" "ahead, killed"
lua=$w/venue.lua more=
strict wrong -p qty=0.02 >out 2>&1 && fail "what was not expected is sent"
grep -q 'strict.txt: line 4: sent .*"q":"0.020".*, expected .*"q":"0.010"' out || fail "a mismatch: $(cat out)"
sed '$d' conf/strict.txt >short && cp short conf/strict.txt
echo 'lines > {"op":"cancel","id":$id}' >>conf/strict.txt
strict waits >out 2>&1 && fail "a venue that waits is ended well"
grep -q 'line 10: the venue waits for what was not sent' out || fail "what is not sent: $(cat out)"
replays "$w/waits" "it waits"
echo "a strict transcript: held against what is sent"

# A transcript stands for no exchange: nothing of it is real money.
# shellcheck disable=SC2086
"$outcry" run venue.lua --venue mine $config --set venue.mine.environment=live --cash '10000 USDT' --listen none >out 2>&1 &&
    fail "a live environment is begun"
grep -q "found 'live', expected local: a transcript stands for the exchange" out || fail "live: $(cat out)"
refuses() { # WORDS OPTIONS...
    words=$1
    shift
    # shellcheck disable=SC2086
    "$outcry" run venue.lua $config --cash '10000 USDT' --listen none "$@" >out 2>&1 && fail "$words: it is begun"
    grep -q -- "$words" out || fail "'$words' is not said: $(cat out)"
}
refuses 'none was named: a run trades at a venue'
refuses 'no configuration has a group venue.other' --venue other
refuses 'takes no data file' --venue mine btc.csv
refuses 'at a venue the venue fills' --venue mine --fee taker=0.1%
refuses 'is left as it is when it ends' --venue mine --end close
refuses 'each once' --venue mine --set venue.mine.accounts=a,a
refuses 'is named twice' --venue mine,mine
refuses 'did you mean' --venue mine --set venue.mine.connector=org.example.jlime
refuses 'as the first line' --venue mine --set venue.mine.transcript=conf/venue.conf
echo "refused in words"

# Nobody but a run calls a connector: this one writes down each call.
cat >note.c <<'END'
#include <outcry/outcry.h>
#include <stdio.h>
static void note(const struct oc_host *host, const char *call)
{
    static int count;
    char line[64];
    snprintf(line, sizeof line, "call %s %d", call, ++count);
    oc_log(host, OC_LOG_ERROR, line);
}
END
sed 's/^static oc_rc request(.*/static oc_rc send_request(void *self, const struct oc_venue_request *first, uint32_t all, uint32_t count, uint32_t batch);\
static oc_rc request(void *self, const struct oc_venue_request *first, uint32_t all, uint32_t count, uint32_t batch)\
{\
    note(((const struct jline *)self)->host, "request");\
    return send_request(self, first, all, count, batch);\
}\
static oc_rc send_request(void *self, const struct oc_venue_request *first, uint32_t all, uint32_t count, uint32_t batch)/
s/^    struct jline \*jline = calloc.*/&\
    note(host, "open");/' "$here/connector_jline.c" | cat note.c - >calls.c
make_plugin calls.c noted
cp so/noted.so conf/plugins/jline.so
for verb in backtest paper; do
    data=synthetic-bars:2000
    [ $verb = paper ] && data='--feed synthetic-bars:2000 --speed max'
    # shellcheck disable=SC2086
    "$outcry" $verb trips.lua $data $config --cash '10000 USDT' --json >paper.json 2>out || fail "$verb: $(cat out)"
    [ "$(jq '.trades.fills > 100' paper.json)" = true ] || fail "$verb does not trade: $(jq -c .trades paper.json)"
    grep -q 'call ' out && fail "$verb calls a connector: $(cat out)"
    # shellcheck disable=SC2086
    "$outcry" $verb trips.lua $data $config --venue mine --cash '10000 USDT' >out 2>&1 && fail "$verb takes a venue"
    grep -qE 'hands no order to a connector|goes by data files|is of data files' out || fail "$verb with a venue: $(cat out)"
    # shellcheck disable=SC2086
    "$outcry" $verb trips.lua $data $config --set session.venue=mine --cash '10000 USDT' >out 2>&1 && fail "session.venue is a key"
    # shellcheck disable=SC2086
    "$outcry" $verb trips.lua $data --plugin mine=so/noted.so --cash '10000 USDT' >out 2>&1 && fail "$verb takes a connector"
done
# shellcheck disable=SC2086
printf 'step 500\nm:buy { qty = 0.01 }\nstep 5\n' | "$outcry" console trips.lua --feed synthetic-bars:2000 --paused $config \
    --cash '10000 USDT' >out 2>&1 || fail "console: $(cat out)"
grep -q 'call ' out && fail "a console calls a connector: $(cat out)"
(go run noted --listen none --quiet) >out 2>&1 || fail "run: $(cat out)"
[ "$(grep -c 'call open' out)" = 1 ] && [ "$(grep -c 'call request' out)" -gt 500 ] || fail "the counter counts nothing: $(head -n 5 out)"
replays "$w/noted" noted
for verb in replay report; do
    "$outcry" $verb noted >out 2>&1 || fail "$(cat out)"
    grep -q 'call ' out && fail "$verb calls a connector: $(cat out)"
done
echo "paper, backtest, console, replay, report: zero calls"
# The guide's own example, whose connector is named for one run: its replay and report name none.
cp -r "$w/prefix/share/outcry/examples/connector_loopback" loopback && cd loopback || exit 1
make_plugin loopback.c loopback
"$outcry" run day.lua --venue loopback --config day.conf --plugin loopback="$w/so/loopback.so" --cash '10000 USDT' --listen none \
    --session day >"$w/out" 2>&1 || fail "the example: $(tail -n 5 "$w/out")"
rm "$w/so/loopback.so"
replays "$PWD/day" "the example of the guide"
"$outcry" report day >"$w/out" 2>&1 || fail "the report of the example: $(tail -n 5 "$w/out")"
echo "outside_venue: passed"
