#!/bin/sh
# watching.sh OUTCRY: what a session says of itself: `outcry status` and its exit codes, `outcry metrics`, the line of a start, the line that stays
# on a terminal, and the service manager. Everything at paper; the venue's side is tests/venue/kill_run.sh.
set -u
outcry=$(realpath "$1")
here=$(dirname "$(realpath "$0")")
w=$(mktemp -d)
pid= other=
trap 'for p in $pid $other; do kill -9 $p 2>/dev/null; done
for p in $(tmux -L watching$$ list-panes -F "#{pane_pid}" 2>/dev/null); do pkill -9 -P $p; kill -9 $p; done # a closed terminal ends no host
tmux -L watching$$ kill-server 2>/dev/null; rm -rf "$w"' EXIT
trap 'exit 1' INT TERM
mkdir -m 700 "$w/run"
export HOME="$w" XDG_RUNTIME_DIR="$w/run" LC_ALL=C.UTF-8
unset XDG_STATE_HOME OUTCRY_PLUGINS NO_COLOR
cd "$w" || exit 1
fail() { echo "watching: $*" >&2; tail -n 20 err 2>/dev/null >&2; exit 1; }
until_() { for _ in $(seq 200); do "$@" >/dev/null 2>&1 && return 0; sleep 0.05; done; fail "never: $*"; }
exits() { [ "$1" = "$2" ] || fail "$3: exit code $1, expected $2: $(cat screen)"; }
go() { # SESSION MORE...
    session=$1
    shift
    "$outcry" paper --feed synthetic:20 --speed 1x --cash '10000 USDT' --session "$session" "$@" >out 2>err &
    pid=$!
    until_ sh -c "'$outcry' status --session $session --json | jq -e '.[0].status.last != null'"
}
console() { printf '%s\n' "$@" | "$outcry" console --attach --trade 2>&1; }

# 1. Nothing runs; wrong words.
"$outcry" status >screen 2>&1; exits $? 3 "nothing runs"
grep -q 'no session of this user runs' screen || fail "nothing runs: $(cat screen)"
"$outcry" status --nonsense >screen 2>&1; exits $? 2 "a wrong word"
"$outcry" status --session nowhere >screen 2>&1; exits $? 3 "no such folder"
"$outcry" status --help >screen 2>&1; exits $? 0 "help"
"$outcry" kill --help >screen 2>&1; exits $? 0 "help of kill"
grep -q 'usage: outcry kill' screen || fail "kill --help: $(cat screen)"
"$outcry" kill >screen 2>&1; exits $? 1 "kill of nothing"

# 2. One runs: a screen of 80 columns, the same as JSON, and the line of its start.
go one
console 'buy 0.05 stop 30000' 'buy(0.01, { price = 20000 })' 'alert BTC/USDT > 90000' >said
"$outcry" status >screen; exits $? 0 "all is good"
[ -z "$(awk 'length > 80' screen)" ] || fail "wider than 80 columns: $(cat screen)"
for words in 'state *paper; BTC/USDT' 'equity .*since the start; today' 'orders *2 open' 'BUY  0.01 BTC/USDT @ 20000 .*away' 'long 0.05 ' 'stop 30000 (paper)' \
    'wrong *nothing'; do
    grep -q "$words" screen || fail "the screen lacks '$words': $(cat screen)"
done
"$outcry" status --json >all.json
jq -e '.[0] | .host == "answers" and .wrong == [] and .status.open_orders == 2 and (.orders | length) == 2 and .positions[0].protection.is_whole and
    .status.day.profit != null and .orders[0].distance_bps > 1000' all.json >/dev/null || fail "JSON: $(cat all.json)"
grep -q "^outcry: paper, session one, console $w/run/outcry/host-$pid.sock; prices of synthetic:20 at speed 1x; at stake: nothing, it is paper (10000 USDT)" err ||
    fail "the line of the start: $(cat err)"
"$outcry" metrics >page || fail "metrics"
grep -q "^outcry_up{session=\"$w/one\",mode=\"paper\"} 1$" page && grep -q '^outcry_open_orders{.*} 2$' page &&
    grep -q '^outcry_position_quantity{.*symbol="BTC/USDT",strategy=""} 0.05$' page || fail "metrics: $(cat page)"
# Each name has one HELP and one TYPE before it, and each line is a name, labels and a number.
awk '/^# HELP/ { if (seen[$3]++) exit 1; next } /^# TYPE/ { if ($4 != "gauge" && $4 != "counter") exit 1; next }
    !/^[a-z_]+\{[^}]*\} -?[0-9.e+-]+$/ { print; exit 1 }' page || fail "metrics are not in the form of Prometheus: $(cat page)"

# 3. Metrics on a port of this machine alone.
"$outcry" metrics --listen 0.0.0.0:0 >said 2>&1; exits $? 2 "metrics for everybody"
"$outcry" metrics --listen 127.0.0.1:0 >port &
other=$!
until_ grep -q listens port
url=$(sed 's/listens: //' port)
curl -sf "$url" >page || fail "nobody serves $url"
grep -q '^outcry_up{' page || fail "served: $(cat page)"
[ "$(curl -so /dev/null -w '%{http_code}' "${url%/metrics}/etc")" = 404 ] || fail "it serves anything"
kill -INT $other
wait $other || fail "metrics end with $?"
other=

# 4. Halted, hung, died, gone; two at once: the worst counts.
"$outcry" kill >said || fail "kill: $(cat said)"
"$outcry" status >screen; exits $? 5 "halted"
kill -STOP $pid
"$outcry" status --wait 200ms >screen; exits $? 4 "hung"
grep -q 'does not answer' screen || fail "hung: $(cat screen)"
"$outcry" metrics --wait 200ms | grep -q '^outcry_up{.*} 0$' || fail "hung, and its metrics say up"
kill -CONT $pid
until_ sh -c "'$outcry' status; [ \$? = 5 ]"
kill -9 $pid
wait $pid 2>/dev/null
"$outcry" status >screen; exits $? 6 "died"
grep -q 'has died' screen || fail "died: $(cat screen)"
go two
"$outcry" status >screen; exits $? 6 "one runs, one has died"
"$outcry" status --session two >screen; exits $? 0 "the one that runs"
kill -INT $pid
wait $pid
go one
"$outcry" status >screen; exits $? 5 "started again, and halted as before"
[ "$(grep -c 'pid' screen)" = 1 ] || fail "it is shown twice: $(cat screen)"
console 'alerts' | grep -q 'waits' || fail "its alert is gone"
kill -INT $pid
wait $pid
pid=
"$outcry" status >screen 2>&1; exits $? 3 "ended by itself"
ls "$w/run/outcry" | grep -q . && fail "files are left: $(ls "$w/run/outcry")"

# 5. A session that stands still is not wrong; one without a socket cannot be asked, and its latch is taken all the same.
"$outcry" paper "$here/../../strategies/sma_cross.lua" --feed synthetic-bars:100000 --speed 600x --cash '10000 USDT' --session deaf2 --listen none >out 2>err &
pid=$!
until_ test -s deaf2/control.page
sleep 1
"$outcry" status --session deaf2 >screen; exits $? 1 "deaf"
"$outcry" kill --session deaf2 >said || fail "kill of a deaf one: $(cat said)"
grep -q 'by its latch' said || fail "kill of a deaf one: $(cat said)"
kill -INT $pid
wait $pid
pid=

# 6. The service manager: ready when it stands, beats, and says that it ends; nothing beats where it hangs.
perl "$here/../support/notified.pl" "$w/notify" "$w/notified" &
other=$!
until_ test -S notify
NOTIFY_SOCKET="$w/notify" WATCHDOG_USEC=1000000 "$outcry" paper --feed synthetic:20 --speed 1x --cash '10000 USDT' --session unit >out 2>err &
pid=$!
until_ sh -c '[ $(grep -c WATCHDOG=1 notified) -ge 3 ]'
head -n 1 notified | grep -q '^READY=1' || fail "not ready first: $(cat notified)"
kill -STOP $pid
before=$(grep -c WATCHDOG notified)
sleep 1.5
[ "$(grep -c WATCHDOG notified)" = "$before" ] || fail "it hangs and beats"
kill -CONT $pid
kill -INT $pid
wait $pid
pid=
grep -q STOPPING=1 notified || fail "its end is not said: $(cat notified)"
kill $other
other=
if command -v systemd-analyze >/dev/null; then
    cp "$here/../../etc/outcry@.service" "$w/outcry@.service"
    systemd-analyze verify "$w/outcry@test.service" >said 2>&1
    grep -i 'outcry@.*\(unknown\|failed to parse\|invalid\|assign\)' said && fail "the unit: $(cat said)"
fi

# 7. On a terminal a line stays, and goes for what is logged.
tmux -L watching$$ -f /dev/null new-session -d -x 90 -y 20 "'$outcry' paper --feed synthetic:20 --speed 1x --cash '10000 USDT' --session shown" || fail "no tmux"
shown() { tmux -L watching$$ capture-pane -p; }
for _ in $(seq 100); do shown | grep -q '^paper BTC/USDT [0-9.]* *today [+-]0.0. *0 orders' && break; sleep 0.1; done
shown | grep -q '^paper BTC/USDT [0-9.]* *today [+-]0.0. *0 orders' || fail "no line on the terminal: $(shown)"
"$outcry" kill >said
for _ in $(seq 50); do shown | grep -q 'HALTED KILLED' && break; sleep 0.1; done
shown | grep -q 'HALTED KILLED' || fail "the line does not say that it is halted: $(shown)"
[ "$(shown | grep -c '^paper BTC')" = 1 ] || fail "the line stands there twice: $(shown)"
echo "watching: all is seen"
