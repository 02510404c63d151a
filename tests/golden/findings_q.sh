#!/bin/sh
# findings_q.sh OUTCRY: what people found wrong in results, tried again from the command line; each case bears the finding's number.
set -u
outcry=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
bad=0
code=0
say() { echo "findings: $*"; bad=1; }

# run NAME ARGUMENTS...: a backtest, its report in NAME.json and what it said in NAME.err; the code in $code
run() {
    name=$1
    shift
    "$outcry" backtest "$@" --json >"$name.json" 2>"$name.err"
    code=$?
}
# is ID NAME QUERY WANTED
is() {
    found=$(jq -c "$3" "$2.json" 2>/dev/null)
    [ "$found" = "$4" ] || { say "$1: $3 of $2 is $found, expected $4"; head -3 "$2.err"; }
}

# Q30: a backtest that is stopped by hand says so everywhere, and has an exit code of its own
cat >idle.lua <<'LUA'
function on_bar(m, b) end
LUA
stopped() { # SIGNAL ARGUMENTS...: the run is stopped when it has recorded something; its exit code in $code
    signal=$1
    shift
    rm -rf cut
    "$outcry" backtest idle.lua synthetic-bars:100000000 --cash '10000 USDT' --session cut "$@" >cut.json 2>cut.err &
    pid=$!
    until [ -s cut/live ]; do
        kill -0 $pid 2>/dev/null || { say "Q30: the run ended before it was stopped"; cat cut.err; return; }
        sleep 0.05
    done
    kill -"$signal" $pid
    wait $pid
    code=$?
}
stopped INT --json --report cut.html
[ $code = 6 ] || say "Q30: SIGINT: exit $code, expected 6"
is Q30 cut '[.interrupted, .error]' '[true,null]'
grep -q INTERRUPTED cut.err || say "Q30: stderr does not say it"
grep -q '<title>.*(INTERRUPTED).*</title>' cut.html && grep -q '<b>INTERRUPTED</b>' cut.html || say "Q30: the page does not say it"
"$outcry" report cut --json >said.json 2>said.err || say "Q30: no report of its records"
is Q30 said .interrupted true
"$outcry" report cut >said.txt 2>said.err
grep -q '^  INTERRUPTED ' said.txt || say "Q30: the report of its records does not say it"
stopped TERM
[ $code = 6 ] || say "Q30: SIGTERM: exit $code, expected 6"
grep -q '^  INTERRUPTED ' cut.json || say "Q30: the text does not say it"
"$outcry" replay cut >said.txt 2>&1 || say "Q30: its replay differs"
grep -q INTERRUPTED said.txt || say "Q30: its replay does not say it"
run whole idle.lua synthetic-bars:500 --cash '10000 USDT'
[ $code = 0 ] || say "Q30: a run to its end: exit $code"
is Q30 whole .interrupted false

[ $bad = 0 ] && echo "findings: as they should be"
exit $bad
