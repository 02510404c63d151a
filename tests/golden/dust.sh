#!/bin/sh
# dust.sh OUTCRY: what a fee in base leaves of a step, as a person sees it: lines of the console, closing by hand that ends flat all
# the same, and the line of the report with its cost (ADR 0019).
set -u
outcry=$(realpath "$1")
w=$(mktemp -d)
trap 'rm -rf "$w"' EXIT
mkdir -m 700 "$w/home" "$w/run"
unset XDG_STATE_HOME COLUMNS LINES TERM OUTCRY_PLUGINS
export HOME="$w/home" XDG_RUNTIME_DIR="$w/run" LC_ALL=C.UTF-8
bad=0
awk 'BEGIN { print "timestamp,open,high,low,close,volume"
    for (i = 0; i < 60; i++) print 1700000000 + 60 * i ",100,100,100,100,1000" }' >"$w/BTC-USDT.csv"
printf '%s\n' 'step 2' 'buy 1' 'step 2' positions close 'step 2' positions close 'buy 1' 'step 2' positions flatten 'step 2' positions quit |
    "$outcry" console "$w/BTC-USDT.csv" --data qty_step=0.01 --cash '10000 USDT' --fee taker=0.1% --set sim.paper.fee_in_base=yes \
        --set sim.paper.half_spread=0 --no-pane --session "$w/s" >"$w/shown" 2>&1
sed 's/  */ /g; s/ *$//' "$w/shown" >"$w/plain"
has() { grep -qF -- "$1" "$w/plain" || { echo "dust: not shown: $1"; bad=1; }; }
has 'symbol of side qty P&L % stop age dust dust cost'
has 'BTC/USDT account long 0.99 0.00 +0.00% none 2m 0.009 0.9'
has 'BTC/USDT account flat 0.00 0.00 0.009 0.9'
has 'no position by hand in BTC/USDT'
has 'BTC/USDT account long 1.00 0.00 +0.00% none 2m 0.008 0.8'
has 'BTC/USDT account flat 0.00 0.00 0.008 0.8'
"$outcry" report "$w/s" >"$w/shown" 2>&1
sed 's/  */ /g' "$w/shown" >"$w/plain"
has 'Dust, in it 0.008 BTC, cost 0.80000000 USDT; too'
"$outcry" report "$w/s" --json 2>/dev/null | tr -d ' \n' >"$w/plain"
has '"dust":[{"symbol":"BTC/USDT","asset":"BTC","qty":"0.008","cost":"0.8","currency":"USDT"}]'
"$outcry" replay "$w/s" --diff >"$w/plain" 2>&1 || { cat "$w/plain"; bad=1; }
[ "$bad" = 0 ] || cat "$w/shown"
exit $bad
