#!/bin/sh
# alerts.sh OUTCRY: who is told, by which way, what is folded, what waits for the morning, and what a channel that is not there costs: against a
# program, an HTTP server (tests/support/sink.pl) and an SMTP server of others (msmtpd, package msmtp; without it mail is left out, and said so).
set -u
outcry=$(realpath "$1")
here=$(dirname "$(realpath "$0")")
w=$(mktemp -d)
pid= sink= mail=
trap 'for p in $pid $sink $mail; do kill -9 $p 2>/dev/null; done; rm -rf "$w"' EXIT
trap 'exit 1' INT TERM
mkdir -m 700 "$w/run"
export HOME="$w" XDG_RUNTIME_DIR="$w/run" LC_ALL=C.UTF-8
unset XDG_STATE_HOME OUTCRY_PLUGINS
cd "$w" || exit 1
fail() { echo "alerts: $*" >&2; tail -n 20 err 2>/dev/null >&2; exit 1; }
until_() { # WORDS...: a command that becomes true
    for _ in $(seq 200); do "$@" >/dev/null 2>&1 && return 0; sleep 0.05; done
    fail "never: $* : $(cat posts told 2>/dev/null | tail -n 12)"
}
perl "$here/../support/sink.pl" "$w/posts" >port &
sink=$!
until_ test -s port
port=$(cat port)
cat >tell.sh <<'END'
#!/bin/sh
{ echo "$@"; cat; } >>"$(dirname "$0")/told"
END
chmod +x tell.sh
mkdir box
smtp=2525
if command -v msmtpd >/dev/null; then
    cat >take.sh <<'END'
#!/bin/sh
cat >>"$(dirname "$0")/box/mail"
END
    chmod +x take.sh
    for smtp in $(seq 25250 25270); do
        msmtpd --port=$smtp --interface=127.0.0.1 --command="$w/take.sh" 2>msmtpd.err &
        mail=$!
        sleep 0.2
        kill -0 $mail 2>/dev/null && break
        mail=
    done
fi
has_mail=$mail
secret=a-secret-of-a-webhook-4711
printf %s $secret >token
chmod 600 token
conf() { # MORE: lines of the channel of commands
    cat >alerts.conf <<END
alerts: {
  here: { channel = "command"; command = ["$w/tell.sh", "a b"]; level = "info"; ${1:-} };
  hook: { channel = "webhook"; url = "http://127.0.0.1:$port/hook"; token = "file:token"; level = "warning"; };
  chat: { channel = "telegram"; url = "http://127.0.0.1:$port"; token = "env:BOT"; chat = "42"; kinds = ["latch", "by_hand"]; };
  alive: { channel = "heartbeat"; url = "http://127.0.0.1:$port/alive"; every = "1s"; };
$([ -z "$has_mail" ] || echo "  mail: { channel = \"mail\"; url = \"smtp://127.0.0.1:$smtp\"; from = \"host@example.org\"; to = [\"me@example.org\", \"you@example.org\"]; kinds = [\"latch\"]; };")
};
END
}
conf

# 1. Test: every channel, and what is wrong with one in words; no secret is shown.
BOT=bot-token-0815 "$outcry" alerts test --config alerts.conf >said 2>err || fail "test: $(cat said)"
[ "$(grep -c ' told$' said)" = $((4 + ${has_mail:+1} + 0)) ] || fail "test: $(cat said)"
grep -q "^POST /hook Bearer $secret .*\"kind\":\"test\"" posts || fail "the webhook: $(cat posts)"
grep -q '^POST /botbot-token-0815/sendMessage - .*"chat_id":"42"' posts || fail "the chat: $(cat posts)"
grep -q '^a b info test outcry test' told || fail "the command: $(cat told)"
if [ -n "$has_mail" ]; then
    grep -q '^Subject: \[outcry test\] info: test' box/mail && grep -q '^To: <me@example.org>, <you@example.org>' box/mail ||
        fail "the mail: $(cat box/mail)"
fi
echo 500 >posts.status
BOT=b "$outcry" alerts test --config alerts.conf >said 2>&1 && fail "a webhook that fails is told"
grep -q 'NOT told: HTTP status 500' said || fail "a webhook that fails: $(cat said)"
rm posts.status
"$outcry" alerts list --config alerts.conf >said || fail "list: $(cat said)"
"$outcry" alerts test --config alerts.conf >said 2>&1; [ $? = 3 ] || fail "a secret that is not there: $(cat said)"
grep -q "$secret\|bot-token" said err && fail "a secret is shown"
sed 's/level = "warning"/levle = "warning"/' alerts.conf >wrong.conf
"$outcry" config check wrong.conf >said 2>&1 && fail "a wrong key is taken"
grep -q "did you mean 'level'" said || fail "a wrong key: $(cat said)"
sed 's/channel = "webhook"/channel = "pigeon"/' alerts.conf >wrong.conf
"$outcry" config check wrong.conf >said 2>&1 && fail "a wrong channel is taken"
grep -q 'expected command, webhook, telegram, mail or heartbeat' said || fail "a wrong channel: $(cat said)"
"$outcry" config check alerts.conf >said 2>&1 || fail "config check: $(cat said)"

# 2. A session: refused, killed, an alert by hand; folded; the heartbeat ends with the host.
go() { # SESSION MORE...
    session=$1
    shift
    BOT=bot-token-0815 "$outcry" paper --feed synthetic:20 --speed 1x --cash '10000 USDT' --session "$session" --config alerts.conf --listen "$w/socket" \
        --set risk.max_order_qty.limit=1 "$@" >out 2>err &
    pid=$!
    until_ "$outcry" console --attach "$w/socket" </dev/null
}
console() { printf '%s\n' "$@" | "$outcry" console --attach "$w/socket" --trade 2>&1; }
conf 'fold = "2s";'
: >told
: >posts
go one
console 'buy 5' 'buy 5' 'buy 5' 'buy 5' 'alert BTC/USDT > 1' 'alert BTC/USDT position > 0.01' 'alert BTC/USDT < 1' >said
until_ grep -q 'BTC/USDT > 1 (alert 1)' told
console 'buy 0.02' >said
until_ grep -q 'BTC/USDT position > 0.01 (alert 2)' told
until_ grep -q '3 more within 2s' told
[ "$(grep -c 'refused by max_order_qty' told)" = 2 ] || fail "not folded: $(cat told)"
"$outcry" kill >said || fail "kill: $(cat said)"
until_ grep -q 'alarm latch: halted: KILLED' told
until_ grep -q '"kind":"latch".*KILLED' posts
until_ grep -q 'sendMessage.*KILLED' posts
[ -z "$has_mail" ] || until_ grep -q 'halted: KILLED' box/mail
until_ grep -q '^GET /alive' posts
kill -STOP $pid
sleep 1
before=$(grep -c '^GET /alive' posts)
sleep 2
[ "$(grep -c '^GET /alive' posts)" = "$before" ] || fail "it hangs, and its heart beats"
kill -CONT $pid
until_ sh -c "[ \$(grep -c '^GET /alive' posts) -gt $before ]"
kill -9 $pid
wait $pid 2>/dev/null
pid=

# 3. Started again: that is told, and the alert that had not fired is there still.
go one
until_ grep -q 'warning start: started again' told
console 'alerts' >said
grep -q 'BTC/USDT *< *1\.00 *waits\|< .*1.00.*waits' said || fail "alerts do not survive a restart: $(cat said)"
grep -q 'fired' said || fail "what has fired is forgotten: $(cat said)"
kill -INT $pid
wait $pid
pid=
until_ grep -q 'warning end: ended' told
"$outcry" replay one --diff >said || fail "the replay differs: $(cat said)"
grep -q "$secret\|bot-token-0815" err out one/session-* && fail "a secret stands in a log or in the records"

# The engine's thread alone hangs, in a strategy without a limit of time: the heart stops, the host is seen to hang, and it is killed all the same.
cat >hang.lua <<'END'
local n = 0
function on_bar(m, b)
  n = n + 1
  while n > 5 do end
end
END
: >posts
BOT=bot-token-0815 "$outcry" paper hang.lua --feed synthetic-bars:100000 --speed 600x --cash '10000 USDT' --session hang --config alerts.conf \
    --set strategy.deadline=0 >out 2>err &
pid=$!
until_ grep -q '^GET /alive' posts
for _ in $(seq 60); do "$outcry" status --session hang --wait 300ms >said; [ $? = 4 ] && break; sleep 0.1; done
grep -q 'does not answer' said || fail "it hangs, and status says $(cat said)"
sleep 17
before=$(grep -c '^GET /alive' posts)
[ "$before" -ge 10 ] || fail "the heart has stopped too early: $before beats"
sleep 3
[ "$(grep -c '^GET /alive' posts)" = "$before" ] || fail "the engine hangs, and its heart beats"
"$outcry" kill --session hang --wait 300ms >said || fail "kill of one that hangs: $(cat said)"
grep -q 'latched' said || fail "kill of one that hangs: $(cat said)"
kill -9 $pid
wait $pid 2>/dev/null
pid=

# 4. Quiet hours: alarms alone go, what waited is told as one when they are over (here at the end).
from=$(date -u -d '-1 hour' +%H:%M) to=$(date -u -d '+1 hour' +%H:%M)
conf "quiet = \"$from-$to\";"
: >told
go two
console 'buy 5' 'buy 6' >said
"$outcry" kill >said
until_ grep -q 'alarm latch' told
grep -q 'refused' told && fail "a warning in quiet hours"
kill -INT $pid
wait $pid
pid=
until_ grep -q 'in quiet hours' told

# 5. A channel that is not there costs the session nothing, and a storm is dropped and counted, not kept.
kill $sink
wait $sink 2>/dev/null
sink=
conf
: >told
go three
from=$(date +%s%N)
console 'for i = 1, 400 do buy(5 + i / 100) end' >said
took=$((($(date +%s%N) - from) / 1000000))
[ $took -lt 20000 ] || fail "a storm of alerts holds the session up: $took ms"
kill -INT $pid
wait $pid
code=$?
pid=
[ $code = 0 ] || fail "a session whose channels are not there ends with $code"
grep -q 'hook could not be told' err || fail "that nobody is there is not said: $(cat err)"
[ -n "$has_mail" ] || echo "alerts: msmtpd is not installed (package msmtp): mail was left out"
echo "alerts: all are told"
