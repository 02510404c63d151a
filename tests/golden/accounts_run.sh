#!/bin/sh
# accounts_run.sh OUTCRY: two venues and three accounts in one session, as the example connector_accounts has them: an asset is named at
# run time, a market is listed and goes, another one changes its steps. Run, killed with -9 where it stands and gone on with, traded by
# hand, replayed with the connectors and without, reported.
set -u
outcry=$(realpath "$1")
folder=$(dirname "$outcry")
here=$(realpath "$(dirname "$0")")
examples=$(realpath "$(dirname "$0")/../../sdk/examples")
w=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || kill -9 $pid 2>/dev/null; rm -rf "$w"' EXIT
trap 'exit 1' INT TERM
mkdir -m 700 "$w/home" "$w/run"
unset XDG_STATE_HOME COLUMNS LINES TERM OUTCRY_PLUGINS
export HOME="$w/home" XDG_RUNTIME_DIR="$w/run" LC_ALL=C.UTF-8
export OUTCRY__CONSOLE__LIMIT=10m # however busy the machine is
mkdir "$w/accounts" "$w/connector_loopback"
cd "$w/accounts" || exit 1
cp "$folder/sdk/examples/loopback.so" "$folder/sdk/examples/accounts.so" "$examples/connector_accounts"/day.* . || exit 1
cp "$examples/connector_loopback/day.txt" ../connector_loopback || exit 1
fail() { echo "accounts_run: $*" >&2; exit 1; }

"$outcry" plugin check accounts.so >said 2>&1 || fail "check: $(cat said)"

go() { # VERB SESSION MORE...
    verb=$1 session=$2
    shift 2
    exec "$outcry" "$verb" day.lua --venue desk,loopback --config day.conf --plugin desk="$PWD/accounts.so" \
        --plugin loopback="$PWD/loopback.so" --session "$session" "$@"
}

(go run whole --listen none --json) >whole.json 2>whole.err || fail "run: $(cat whole.err)"
[ ! -s whole.err ] || fail "it says $(cat whole.err)"
figures='[.money.start, .money.final, .trades.fills, .trades.requests, .trades.denied, .trades.round_trips] | join(" ")'
# desk:main buys at 99.90 and sells at 100.20, buys at 99.80 and sells at 100.40, 0.01 each; loopback:main 99.90 and 100.20
# a deposit of 250 is no profit, interest of 0.5 is one
[ "$(jq -r "$figures" whole.json)" = '18250 18250.512 6 6 0 3' ] || fail "figures: $(jq -r "$figures" whole.json)"
[ "$(jq -r '[.money.put_in, .money.corrected, .money.profit] | join(" ")' whole.json)" = '250  0.512' ] || fail "money: $(jq .money whole.json)"
[ "$(jq -r '.symbol' whole.json)" = 'desk:BTC/USDT, loopback:BTC/USDT' ] || fail "symbols: $(jq -r .symbol whole.json)"

. "$here/kill_at.sh"
for at in 0 1 1 2 1 0 1 1 1; do kill_at $at; done
(go run cut --listen none --json) >cut.json 2>cut.err || fail "after kills: $(cat cut.err)"
all='[.money, .trades.requests, .trades.denied, .trades.fills, .trades.round_trips, .hashes.meaning, .hashes.order_records, .hashes.input]'
[ "$(jq -cS "$all" cut.json)" = "$(jq -cS "$all" whole.json)" ] || fail "kills: other figures: $(jq -cS "$all" cut.json)"

# By hand: which account is said where a venue has two, and which venue where two have the symbol.
printf '%s\n' 'step 1' 'preview buy 0.01 desk:BTC/USDT @ 99 with hedge' 'buy 0.01 BTC/USDT @ 99' 'buy 0.01 desk:BTC/USDT @ 99' 'buy 0.01 desk:BTC/USDT @ 99 with other' \
    'buy 0.01 desk:BTC/USDT @ 99 with hedge' 'step 20' 'balances' 'positions' 'venues' \
    'statement' 'ledger' 'figures desk:BTC/USDT' |
    (OUTCRY__STRATEGY__ACCOUNT=hedge go console by_hand --paused) >hand 2>&1 || fail "by hand: $(cat hand)"
while read -r words; do
    grep -qF -- "$words" hand || fail "by hand, not there: $words: $(cat hand)"
done <<'END'
the venue has not said its rate
'BTC/USDT' may be desk:BTC/USDT, loopback:BTC/USDT: say which
ACCOUNT_NEEDED: say with which account: account=main or hedge
BAD_ACCOUNT: account: found 'other', expected main or hedge
o1 BUY 0.010 desk:BTC/USDT @ 99.00 submitted
USDT   desk:hedge
BNB    desk:hedge
desk      connector  ended            2
trading      cancel_only
may          trade, view
may not      withdraw
margin free  4,900 USDT
desk:hedge  interest  done       0.5  USDT
desk:hedge  deposit   done       250  USDT
mark          100.035  2026-01-05 14:30
funding_rate  -0.0001
END
grep -q '^desk:BTC/USDT *desk:hedge .* 0.010 ' hand || fail "by hand, the position: $(cat hand)"
grep -q '^BNB *desk:main' hand && fail "by hand: the strategy trades with another account: $(cat hand)"

# A strategy reads what its venue says; a simulator's says nothing.
cat >looks.lua <<'END'
strategy { name = "looks" }
local function text(x)
  if type(x) ~= "table" then return tostring(x) end
  local keys, parts = {}, {}
  for k in pairs(x) do if k ~= "time" then keys[#keys + 1] = k end end
  table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
  for _, k in ipairs(keys) do parts[#parts + 1] = tostring(k) .. "=" .. text(x[k]) end
  return "{" .. table.concat(parts, " ") .. "}"
end
function on_stop()
  local m = first
  log.info("margin " .. text(account.margin) .. " rights " .. text(account.rights) .. " state " .. account.venue_state)
  log.info("ledger " .. text(account.ledger))
  log.info("USDT " .. text(account("USDT", "venue_total")) .. " " .. text(account("USDT", "venue_free")) .. " " ..
    text(account("USDT", "venue_locked")) .. " " .. text(account("USDT", "borrowed")) .. " " .. text(account("USDT", "interest")))
  log.info("market " .. text(m:shown()) .. " " .. text(m:figures()) .. " " .. text(m:funding()))
end
function on_init(m) first = first or m end
END
grep -v '^!\|^?' day.txt >said.txt # nothing is asked for
(exec "$outcry" run looks.lua --venue desk --config day.conf --plugin desk="$PWD/accounts.so" --set strategy.account=hedge \
    --set venue.desk.transcript=said.txt --listen none) >looks 2>&1 || fail "looks: $(cat looks)"
while read -r words; do
    grep -qF -- "$words" looks || fail "a strategy does not read: $words: $(cat looks)"
done <<'END'
margin {currency=USDT equity=5000.0 free=4900.0 used=100.0} rights {trade=true view=true withdraw=false} state cancel_only
ledger {1={amount=0.5 asset=USDT id=i1 kind=interest status=done} 2={amount=250.0 asset=USDT id=d1 kind=deposit status=done}}
USDT 5000.0 4900.0 100.0 nil nil
market {1={average=101.25 margin_mode=none qty=-0.5 side=net}} {mark=100.035} {due=0 interval=0 rate=-0.0001}
END

# The balances of the whole are those of the fills: what the venue said stands.
rm accounts.so loopback.so day.txt
for session in whole cut by_hand; do
    "$outcry" replay $session --diff >said 2>&1 || fail "$session alone: the replay differs: $(cat said)"
    "$outcry" report $session --json 2>said | jq -S 'del(.hashes.orders, .speed, .notes)' >$session.report
    [ -s $session.report ] || fail "$session: no report: $(cat said)"
done
cmp -s whole.report cut.report || fail "kills: another report"
[ "$(jq -S .money whole.report)" = "$(jq -S .money whole.json)" ] || fail "the report has other money"
echo "two venues, three accounts: run, killed, gone on with, by hand, replayed"
