#!/bin/sh
# steer.sh OUTCRY: strategies steered from a console that is a pipe; what each line says; and the recorded session agrees
# with itself when it is replayed.
set -u
outcry=$1
here=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
export OUTCRY__CONSOLE__LIMIT=10m # however busy the machine is
trap 'rm -rf "$work"' EXIT
bad=0
fail() { echo "steer: $*"; bad=1; }

cp "$here/strategies/sma_cross.lua" "$work/cross.lua"
cat >"$work/mine.lua" <<'END'
strategy { name = "mine", timeframe = "1s" }
local P = params { size = { 0.01, min = 0.001, max = 1 } }
local n = 0
function on_init(m) m.avg = m:sma(2) end
function on_save() return { n = n } end
function on_load(saved) n = saved.n end
function on_bar(m, b) n = n + 1 if n % 2 == 1 then m:buy(P.size) else m:close() end end
END
sed 's/local n = 0/local n = = 0/' "$work/mine.lua" >"$work/wrong.lua"

cat >"$work/lines" <<END
load $work/mine.lua size=0.02
load $work/mine.lua
load $work/wrong.lua
load $work/nowhere.lua
step(800)
set mine size=0.03
set mine size=2
hold mine
step(300)
resume mine
may mine verbs=close
may mine verbs=buy,close
budget mine notional=1
step(400)
resume mine
budget mine notional=none
reload mine
step(400)
unload mine
unload mine
load $work/mine.lua
step(300)
END
"$outcry" console --session "$work/session" <"$work/lines" >"$work/out" 2>&1 || fail "the console ended with code $?"
has() { grep -q -- "$1" "$work/out" || fail "nothing says: $1"; }
has 'mine: loaded, running'
has 'NAME_TAKEN'
has 'wrong.lua:3: unexpected symbol'
has 'NO_FILE'
has 'mine: size=0.03'
has 'BAD_PARAM.*expected at most'
has 'mine: paused'
has 'SUSPENDED.*BUDGET_NOTIONAL'
has 'mine: unloaded'
has 'UNKNOWN_STRATEGY'
"$outcry" replay "$work/session" --diff >"$work/replay" 2>&1 || fail "the replay: $(cat "$work/replay")"
grep -q 'the session agrees with itself' "$work/replay" || fail "the replay: $(cat "$work/replay")"
[ $bad = 0 ] || { cat "$work/out"; exit 1; }
echo "steer: strategies steered from a pipe, and replayed"
