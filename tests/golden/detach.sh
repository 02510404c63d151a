#!/bin/sh
# detach.sh OUTCRY: `--detach`: a session that goes on without its terminal when it stands; where it does not stand, its words and its exit code are those of the
# command; its log is a file of bounded size.
set -u
outcry=$(realpath "$1")
w=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || kill -9 $pid 2>/dev/null; rm -rf "$w"' EXIT
trap 'exit 1' INT TERM
mkdir -m 700 "$w/home" "$w/run"
unset XDG_STATE_HOME XDG_DATA_HOME COLUMNS LINES TERM OUTCRY_PLUGINS
export HOME="$w/home" XDG_RUNTIME_DIR="$w/run" LC_ALL=C.UTF-8
cd "$w" || exit 1
fail() { echo "detach: $*" >&2; exit 1; }
cat >day.lua <<'END'
function on_trade(m) log.info("price %s", m.last) end
END
cat >long.lua <<'END'
local n = 0
function on_bar(m)
  n = n + 1
  log.info("%d %s", n, ("x"):rep(400))
end
END
"$outcry" paper day.lua --feed synthetic --cash '1000 USDT' --speed 1x --session day --detach >told 2>err || fail "it does not stand: $(cat told err)"
grep -qx 'detached: pid [0-9]*, console [^ ]*, log day/host.log' told || fail "what is told: $(cat told)"
grep -q '^outcry: paper, session day, ' err || fail "the line of its start: $(cat err)"
pid=$(sed 's/^detached: pid \([0-9]*\),.*/\1/' told)
[ "$(ps -o sid= -p "$pid" | tr -d ' ')" = "$pid" ] || fail 'it has no session of its own'
[ "$(readlink /proc/$pid/fd/0)" = /dev/null ] && [ "$(readlink /proc/$pid/fd/2)" = "$w/day/host.log" ] || fail "its files: $(ls -l /proc/$pid/fd)"
kill -HUP "$pid"
for _ in $(seq 100); do grep -q 'INFO strategy: price' day/host.log && break; sleep 0.05; done
"$outcry" status >screen || fail "status: $(cat screen)"
grep -q "(pid $pid, paper)" screen || fail "status: $(cat screen)"
kill -INT "$pid"
for _ in $(seq 200); do kill -0 "$pid" 2>/dev/null || break; sleep 0.05; done
kill -0 "$pid" 2>/dev/null && fail 'it does not end'
pid=
grep -q 'paper report' day/host.log || fail "its report is not in its log: $(tail day/host.log)"
"$outcry" paper day.lua --feed nonsense --cash '1000 USDT' --session bad --detach >told 2>err
[ $? = 3 ] && [ ! -s told ] && grep -q "^outcry: --feed: found 'nonsense'" err || fail "a bad word: $(cat told err)"
"$outcry" paper day.lua --feed synthetic --cash '1000 USDT' --detach >told 2>err
[ $? = 3 ] && grep -q 'it needs a folder for its log: --session FOLDER' err || fail "no folder: $(cat told err)"
"$outcry" backtest day.lua synthetic-bars:10 --detach >told 2>err
[ $? = 3 ] && grep -q -- '--detach: it is of `outcry paper` and `outcry run`' err || fail "a backtest: $(cat told err)"
"$outcry" paper day.lua --feed synthetic --cash '1000 USDT' --session worse --set log.host_mib=0 --detach >told 2>err
[ $? = 3 ] && grep -q 'log.host_mib' err || fail "a size: $(cat told err)"
"$outcry" paper long.lua --feed synthetic-bars:16000 --cash '1000 USDT' --session long --set log.host_mib=1 --listen none --detach >told 2>err ||
    fail "a long log: $(cat told err)"
pid=$(sed 's/^detached: pid \([0-9]*\),.*/\1/' told)
for _ in $(seq 400); do kill -0 "$pid" 2>/dev/null || break; sleep 0.05; done
pid=
[ "$(ls long/host.log*)" = "$(printf 'long/host.log\nlong/host.log.1\nlong/host.log.2\nlong/host.log.3')" ] || fail "the files: $(ls -l long)"
[ -z "$(find long -name 'host.log*' -size +1100k)" ] || fail "their sizes: $(ls -l long)"
cat long/host.log.3 long/host.log.2 long/host.log.1 long/host.log | sed -n 's/.*INFO strategy: \([0-9]*\) x.*/\1/p' |
    awk 'NR > 1 && $1 != last + 1 { print "behind " last ": " $1; bad = 1 } { last = $1 } END { exit bad || last != 16000 }' >lines || fail "lines are missing: $(cat lines)"
echo "detach: goes on without its terminal, and its log is bounded"
