#!/bin/sh
# live_day.sh SOURCE_DIR BUILD_DIR CC [write]: a whole day at the rehearsal venue, with nothing but an installation: holdings from before, an order of another hand, a
# sale on the website, a cable that is pulled, a host that is killed with a bracket open, a takeover by hand, a full disk, a step of the clock, a panic. After
# each step the screens are those of docs/live-day.md, and the account is to the last unit what the venue says. `write` writes the page.
# A small file system of its own is needed: skips where none may be mounted.
set -u
. "$1/tests/outside/house.sh"
page=$1/docs/live-day.md
mkdir "$w/day"
host= venue=
trap 'kill -9 $host $venue 2>/dev/null; umount -l "$w/day/disk" 2>/dev/null; rm -rf "$w"' EXIT
cd "$w/day" || exit 1
mkdir disk
mount -t tmpfs -o size=300m none disk 2>/dev/null || { echo "skip: live_day needs the right to mount a small file system"; exit 77; }
PATH=$w/prefix/bin:$PATH
until_() { # COMMAND...: that becomes true
    for _ in $(seq 400); do "$@" && return 0; sleep 0.05; done
    fail "never: $*: $(tail -n 5 log venue.log; outcry status)"
}
says() { grep -q -e "$1" "$2"; }
tell() { echo "$*" >&8; }
console() { printf '%s\n' "$@" | outcry console --attach "$w/day/socket" --trade 2>&1; }
is() { outcry status --json 2>/dev/null | jq -e ".[0] | $1" >/dev/null; }
put() { cat >>told.md; }
# What differs from one day to the next: where and when it was, and how long things took.
steady() {
    sed -E -e "s|$w/day/||g" -e 's/\(pid [0-9]+/(pid 4711/' -e 's/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z/2026-01-05T10:00:00Z/g' \
        -e 's/(reconciled|price|last heard|compared) [0-9.]+ s/\1 1 s/g' -e 's/(clock|offset) [+-]?[0-9.]+ ms within [0-9.]+/\1 +0.4 ms within 0.8/' \
        -e 's/limits of requests [0-9]+ %/limits of requests 20 %/' -e 's/[0-9.]+ MiB (is|are) free/5 MiB \1 free/' -e 's/localhost:[0-9]+/localhost:7443/g' \
        -e 's/from [0-9]{2}:[0-9]{2}\)/from 10:00)/' -e 's/[0-9]{2}:[0-9]{2}:[0-9]{2}/10:00:00/g' -e 's/ +age$/  age/' -e 's/o0_[0-9]+/o0_50/g' \
        -e 's/ +[0-9.]+ ?(s|ms)$/  1s/' -e 's/for  1s$/for 10 s/' -e 's/[[:space:]]+$//'
}
hand() { # somebody else, at the prompt of the venue
    tell "$@"
    printf '\nAt the prompt of the venue: `%s`\n' "$*" | put
}
tick() { # a price that is heard
    until_ is '.venues[0].streams_ready == 2'
    sleep 0.2
    tell buy 0.0001 BTCUSD at the website of second
    until_ is '.status.feed_age_ns != null and .status.feed_age_ns < 1000000000'
}
screen() { # what a person types, and sees
    printf '\n```\nme@desk:~$ %s\n' "$*" | put
    "$@" >screen 2>&1
    code=$?
    steady <screen | put
    [ $code = 0 ] || echo "(exit code $code)" | put
    printf '```\n' | put
}
words() { # at one console
    console "$@" >said
    printf '\n```\n' | put
    for line in "$@"; do printf '> %s\n' "$line"; done | put
    steady <said | put
    printf '```\n' | put
}
heard() { # KIND [WORDS]: the message that was told about it
    until_ says "^[a-z]* $1: .*${2:-}" alerts
    printf '\nTold: `%s`\n' "$(grep "^[a-z]* $1: .*${2:-}" alerts | tail -n 1 | steady)" | put
    : >alerts
}
# The venue's ledger and ours, each asset to the last unit.
theirs() {
    before=$(wc -l <venue.log)
    tell balances
    tell list
    until_ ledger_is_there
    tail -n "+$((before + 1))" venue.log | sed -n 's/^main \([A-Z]*\): free \([0-9.,]*\), locked \([0-9.,]*\)$/\1 \2 \3/p' | tr -d , |
        awk '{ printf "%s %.8f\n", $1, $2 + $3 }' | sort
}
ledger_is_there() { tail -n "+$((before + 1))" venue.log | grep -q '^ledger: adds up'; }
ours() { outcry status --json | jq -r '.[0].balances[] | "\(.asset) \(.total)"' | awk '{ printf "%s %.8f\n", $1, $2 }' | sort; }
equal() { theirs >their.ledger; ours >our.ledger; cmp -s their.ledger our.ledger; }
adds_up() {
    for _ in $(seq 100); do equal && return; sleep 0.05; done
    fail "$1: the ledgers differ: $(diff their.ledger our.ledger)"
}
step() { printf '\n## %s\n\n' "$1" | put; cat | put; }

mkfifo prompt
outcry-venue binanceus --port 0 --every 1h <prompt >venue.log 2>&1 &
venue=$!
exec 8>prompt
until_ says '^account second' venue.log
port=$(sed -n 's/^listens: localhost:\([0-9]*\).*/\1/p' venue.log)
cat >main.conf <<END
venue: { binanceus: { connector = "outcry.binanceus"; accounts = ["main"]; environment = "local"; link = "network";
  endpoint: { rest = "https://localhost:$port"; stream = "wss://localhost:$port"; };
  ca_file = "rehearsal/ca.pem";
  keys: { main: { environment = "local"; api_key = "file:rehearsal/main.key"; secret = "file:rehearsal/main.secret"; }; };
  instruments = ( { symbol = "BTC/USD"; price_step = "0.01"; qty_step = "0.00001"; } ); }; };
alerts: { desk: { channel = "command"; command = ["sh", "$w/day/alert.sh"]; level = "info"; fold = "0s"; }; };
watch: { disk_mib = 64; };
END
cat >alert.sh <<END
printf '%s\n' "\$(head -n 1)" >>"$w/day/alerts"
END
: >alerts
cat >day.lua <<'END'
strategy { name = "day" }
function on_trade(m)
  if not state.begun then
    state.begun = m:buy { qty = 0.001, stop_loss = 59000, take_profit = 59999 } ~= nil
    m:buy { qty = 0.0005, price = 59985 }
  end
end
END
begin() {
    : >log
    outcry run day.lua --venue binanceus --config main.conf --live main --capital '500 USD' --max-order-value 100 --max-position 0.01 --max-day-loss 25 \
        --session disk/day --listen "$w/day/socket" --yes main --json "$@" >day.json 2>log </dev/null &
    host=$!
    until_ says 'is compared' log
    until_ is '.host == "answers" and .venues[0].state == "running"'
}
cat >told.md <<'END'
# A day, live

What the screens of a live session look like on a bad day, at the rehearsal venue: the same day that you can have on your own machine ([going live](live.md)). A test lives it
with an installed copy each time the program is built; after each step the account is, to the last unit, what the venue says. Times, process numbers and how long things
took are made steady here. Somebody else's hand, the website, the cable and the clock are lines at the prompt of `outcry-venue binanceus --every 1h`: its prices move by
trades alone. The strategy:

```lua
END
cat day.lua >>told.md
cat >>told.md <<'END'
```
END

begin
step 'Armed, with holdings from before' <<'END'
The account holds 2 BTC that nobody here has bought. The strategy is given 500 USD.
END
printf '\n```\n' | put
sed -n '/^REHEARSAL/,/at the end/p' log | steady | put
printf '```\n' | put
adds_up armed
until_ is '.venues[0].streams_ready == 2'
tell buy 0.0001 BTCUSD at the website of second
until_ is '(.orders | length) == 2 and (.positions | map(select(.strategy == "day")) | length) == 1'
echo '
It buys 0.001 with a stop and a target, and asks for 0.0005 more at a limit.' | put
adds_up bought
screen outcry status

step 'An order of another hand' <<'END'
On the website somebody asks for 0.01 BTC at 58,000. It is followed and shown; strategies do not touch it, and `kill` leaves it.
END
hand buy 0.01 BTCUSD @ 58000 at the website
until_ is '(.orders | length) == 3'
heard external
adds_up foreign
words orders

step 'A sale on the website' <<'END'
Somebody sells 1 of the 2 BTC from before. What the strategy holds is its own all the same; what is unassigned has become less. The
row `account` is what was traded since the session began, by any hand: 1 BTC more was sold than bought.
END
hand buy 1 BTCUSD @ 59990 at the website of second
hand sell 1 BTCUSD @ 59990 at the website
until_ is '.balances[] | select(.asset == "BTC") | .unassigned < 1.1'
adds_up sold
words positions balances

step 'The cable is pulled' <<'END'
Nothing opens any more, orders stay at the venue, and the stop with them. Meanwhile the limit order is filled there.
END
: >alerts
hand reset connections always
hand restart
until_ says "^reset connections" venue.log
tell buy 0.0001 BTCUSD at the website of second
until_ is '.venues[0].streams_ready == 0'
heard disconnect 'is down'
screen outcry status
hand sell 0.0005 BTCUSD at the website of second
hand calm
until_ is '.venues[0].streams_ready == 2 and (.positions[] | select(.strategy == "day") | .qty > 0.0014)'
until_ is '.venues[0].unknown_open == 0 and (.wrong | length) == 0'
echo '
Back: it is compared with the venue before anything is opened, and the fill is booked.' | put
adds_up reconnected
words positions fills

step 'The host is killed, with the bracket open' <<'END'
`kill -9`. The stop rests at the venue. The target is held by the host, for the venue cannot hold both: while the host is down nobody sells there.
END
kill -9 $host
wait $host 2>/dev/null
screen outcry status
hand buy 0.5 BTCUSD @ 59999 at the website of second
sleep 0.3
begin
tick
until_ is '(.orders | map(select(.strategy == "day")) | length) == 0 and (.positions[] | select(.strategy == "day") | .qty < 0.0006)'
echo '
Meanwhile the market has come to the target. Started again, the host is armed as before without a question; it takes the stop back and sells.' | put
printf '\n```\n' | put
sed -n '/armed again/p' log | steady | put
printf '```\n' | put
adds_up restarted
words positions

step 'Taken over by hand' <<'END'
A person takes what is left, closes it, and gives the strategy back. What takes risk away (`cancel`, `flatten`, `kill`, `no_entries`) needs no `live.unlock()`; taking over does.
END
words 'live.unlock()' 'take day' 'close BTC/USD for day' 'positions' 'give day' 'live.lock()'
until_ is '(.positions | map(select(.strategy == "day" and .qty != 0)) | length) == 0'
adds_up taken

step 'The disk is full' <<'END'
The records have room of their own for a while; the alarm comes before it is needed.
END
: >alerts
head -c $(($(df --output=avail -B1 disk | tail -n 1) - 5242880)) /dev/zero >disk/ballast
heard disk
tick
screen outcry status
rm disk/ballast
adds_up full

step 'The clock makes a step' <<'END'
The venue's clock and ours part by 20 s. The first order is refused for its time; the clock is measured again, and the next one is taken.
END
: >alerts
hand skew 20s
words 'live.unlock()' 'buy 0.0005 BTC/USD @ 59500'
heard refused
until_ is '.venues[0].clock.offset_ms > 19000 and .venues[0].state == "running"'
words 'live.unlock()' 'buy 0.0005 BTC/USD @ 59400'
until_ is '(.orders | map(select(.qty == 0.0005)) | length) >= 1'
tick
adds_up skewed
screen outcry status

step 'Panic' <<'END'
From any shell, without a passphrase. What was opened here goes; the order of another hand stays.
END
screen outcry kill
until_ is '(.orders | length) == 1'
tick
screen outcry status
adds_up killed
screen outcry kill flatten
until_ is '(.orders | length) == 0'
adds_up flat
kill -INT $host
wait $host
code=$?
host=
echo '
The session ends, halted (exit code '$code'); the next start is halted too, until `unkill`.' | put
printf '\n```\n' | put
sed -n '/has ended/,$p' log | grep -v INFO | steady | put
printf '```\n' | put
outcry replay disk/day --diff >replayed 2>&1 || fail "the replay differs: $(tail -n 12 replayed)"
tell quit
wait $venue || fail "the venue ends with $?"
venue=
if [ "${4:-}" = write ]; then
    cp told.md "$page"
    echo "live_day: $page is written"
    exit
fi
diff "$page" told.md >differs || fail "docs/live-day.md is not what the day looks like; write it with tests/outside/live_day.sh SOURCE BUILD CC write: $(cat differs)"
echo "live_day: the screens are those of the page, and the ledgers are equal"
