#!/bin/sh
# armed_run.sh OUTCRY OUTCRY_VENUE: a session that is armed, at the rehearsal venue, with holdings from before: strategies trade with their capital
# alone and never sell what is unassigned; a person adopts, releases, takes over and gives back; somebody sells on the website; it goes on as it
# was armed, and asks again where anything differs; its replay agrees.
set -u
. "$(dirname "$0")/kit.sh"
run=
cp "$root/tests/venue/held.lua" .
start_venue --every 100ms
conf main.conf
arm() { # MORE...: in the foreground
    $run "$outcry" run held.lua --venue plain --config main.conf --plugin plain="$w/plain.so" --live main --capital '500 USDT' --max-order-value 700 \
        --max-position 0.02 --max-day-loss 50 --session s --json --listen "$w/run/socket" "$@"
}
begin_armed() {
    rm -f err
    run=exec
    arm "$@" >s.json 2>err </dev/null &
    pid=$! run=
}
says() { grep -q -e "$1" said || fail "'$1' is not said: $(cat said)"; }
asks() { console 'live.unlock()' "$@" >said; }
row() { # ASSET MEMBER: of the balances
    console "for _, b in ipairs(balances()) do if b.asset == '$1' then print('is', string.format('%.4f', b.$2)) end end" | sed -n 's/^is[[:space:]]*//p'
}
held() { console "for _, p in ipairs(positions()) do if p.strategy == '$1' then print('is', string.format('%.4f', p.qty)) end end" | sed -n 's/^is[[:space:]]*//p'; }
is() { # WHAT WANTED FOUND
    [ "$2" = "$3" ] || fail "$1: expected $2, found $3"
}
# Nobody to ask, nothing is sent.
arm >out 2>err </dev/null && fail "it is armed without an answer"
grep -q '^REHEARSAL of live: account main at plain, environment local: no real money$' err || fail "the screen: $(cat err)"
grep -q '^  holdings    2 BTC: unassigned; nothing sells it until .adopt.$' err || fail "holdings: $(cat err)"
grep -q '^  limits      max_order_value 700, position_limit 0.02, max_daily_loss 50$' err || fail "limits: $(cat err)"
grep -q 'not armed: nothing was sent: expected the account.s name, main: there is no terminal' err || fail "why: $(cat err)"
[ -z "$(find s -type f -size +0c)" ] || fail "something was recorded: $(ls -l s)"
begin_armed --yes main
until_said 'more than its capital' err
until_said 'holds 0.00100' err
grep -q 'of another it sells nothing: UNASSIGNED UNASSIGNED' err || fail "it sells what is not its own: $(cat err)"
grep -Eq 'cash 4[34][0-9].[0-9]*, free 4[34][0-9].[0-9]*, equity (499|500).[0-9]*, BTC 0.0010' err || fail "its account is not its capital: $(cat err)"
grep -q 'more than its capital: INSUFFICIENT_FUNDS' err || fail "it spends what is not its capital: $(cat err)"
is 'unassigned BTC' 2.0000 "$(row BTC unassigned)"
is 'the capital in BTC' 0.0010 "$(row BTC capital)"
is 'unassigned of positions' 2.0000 "$(held unassigned)"
console 'adopt 0.002 BTC to held' >said
says 'LOCKED'
asks 'close BTC/USDT'
says 'NO_POSITION'
asks 'sell 0.01 BTC/USDT @ market' 'close BTC/USDT'
says 'filled 0.01'
says 'NO_POSITION' # what a person sold of what is unassigned is not bought back
is 'after a sale by hand' 1.9900 "$(held unassigned)"
asks 'adopt 5 BTC to held' 'adopt 0.02 BTC to held' 'adopt 0.1 BTC to nobody' 'adopt 0.002 BTC held' 'adopt x BTC to held' 'adopt 0.002 DOGE to held'
says 'NOT_UNASSIGNED: only 1.99 of BTC/USDT is unassigned'
says 'CAPITAL_TOO_SMALL'
says 'UNKNOWN_STRATEGY'
says 'BAD_NUMBER'
says 'UNKNOWN_ASSET'
is 'what was adopted' 0.0030 "$(held held)"
is 'of what was unassigned' 1.9880 "$(held unassigned)"
asks 'release 0.5 BTC from held' 'release 0.001 BTC from held'
says "NOT_HELD: 'held' holds 0.003 of BTC/USDT"
is 'what was released' 0.0020 "$(held held)"
# A person steps in.
asks 'no_entries held' 'set held more=1'
says 'opens nothing until entries'
until_said 'buys for 1: NO_ENTRIES' err
asks 'entries held' 'buy 0.0001 BTC/USDT @ market for held' 'sell 0.0005 BTC/USDT @ market for held'
says 'NOT_TAKEN'
says 'filled 0.0005'
is 'a manual exit is the strategy.s' 0.0015 "$(held held)"
asks 'take held' 'buy 0.0001 BTC/USDT @ market for held' 'close BTC/USDT for held'
says 'in your hands until give'
console 'strategies' >said
says 'taken'
is 'its position is closed' '' "$(held held)"
asks 'give held' 'give held'
says 'NOT_TAKEN'
until_said 'holds 0.00000' err
asks 'adopt 0.003 BTC to held'
# Somebody sells on the website what a strategy holds: it buys no more of it until a person says whose it was.
echo 'sell 0.01 BTC at the website' >&8
for _ in $(seq 100); do [ "$(held unassigned)" = 1.9760 ] && break; sleep 0.05; done
is 'after a sale on the website' 1.9760 "$(held unassigned)"
asks 'flatten' # nothing is bought back, nothing that is unassigned is sold
until_said 'holds 0.00000' err
is 'after flatten' 1.9760 "$(held unassigned)"
asks 'adopt 0.003 BTC to held'
echo 'withdraw 1.974 BTC of main' >&8
until_said 'the account holds less than its strategies count on' err
asks 'set held more=2'
until_said 'buys for 2: HOLDINGS_MISSING' err
is 'less than nothing' -0.0010 "$(row BTC unassigned)"
asks 'flatten'
until_said 'holds 0.00100' err # what there is is closed, and no more
kill -9 $pid
wait $pid 2>/dev/null
# It goes on as it was armed, and nobody is asked; where anything differs, somebody is.
begin_armed
until_said 'armed again, as before: account main at plain, capital 500 USDT' err
until_said 'holds 0.00100' err
is 'missing after a restart' -0.0010 "$(row BTC unassigned)"
asks 'release 0.001 BTC from held'
is 'all is said of it' 0.0000 "$(row BTC unassigned)"
asks 'set held more=3'
until_said 'buys for 3: sent' err
kill -INT $pid
wait $pid || fail "it ends with $?"
arm --max-day-loss 60 >out 2>err </dev/null && fail "another limit is not asked about"
grep -q '^  risk.max_daily_loss.limit: 50 when it was armed, now 60$' err || fail "what differs: $(cat err)"
arm --capital '600 USDT' >out 2>err </dev/null && fail "another capital is taken"
grep -q "it is another one: account.capital: found '600 USDT', expected 500 USDT" err || fail "another capital: $(cat err)"
echo '-- changed' >>held.lua
arm >out 2>err </dev/null && fail "another strategy is not asked about"
grep -q '^  held.lua: another text than the session runs' err || fail "what differs: $(cat err)"
begin_armed --yes main --max-day-loss 60
until_said 'is compared' err
kill -INT $pid
wait $pid || fail "it ends with $?"
sed -i '$d' held.lua
begin_armed --max-day-loss 60
until_said 'armed again, as before' err
end s
jq -e '.money.start == "500.00000000" or (.money.start | tonumber) == 500' s.report >/dev/null || fail "it began with $(jq -c .money s.report)"
echo quit >&8
wait $venue
venue=
echo "armed: a capital, and nothing else, was traded with"
