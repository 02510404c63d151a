#!/bin/sh
# research.sh OUTCRY CC [few|whole]: honesty unasked, and the loop of research. Cheats that look ahead or remember their data are named; the strategies
# of the house are not. Trials are counted; markets of chance say how much is luck; `optimize` gives the same with any number of workers, goes
# on where it was stopped, and marks the plateau. `few`: what a sanitizer need not see twice is left out.
set -u
outcry=$(realpath "$1")
cc=$2
whole=${3:-}
few=${3:-}
[ "$few" = whole ] && few=
cd "$(dirname "$0")/../.." || exit 1
tree=$PWD
w=$(mktemp -d)
trap 'rm -rf "$w"' EXIT
export HOME="$w/home"
unset XDG_DATA_HOME OUTCRY__RESEARCH__CHECKS OUTCRY__RESEARCH__TRIALS
fail() { echo "research: $*"; [ -s "$w/err" ] && head -5 "$w/err"; exit 1; }
run() { "$outcry" backtest "$@" --json >"$w/out" 2>"$w/err" || fail "backtest $*: exit $?"; }
ask() { jq -r "$1" "$w/out"; }

# 1. Five cheats. A reader of lines that tells, in the volume, what it cannot know yet: it reads ahead in the file.
cat >"$w/peek.h" <<'C'
static int64_t field(const uint8_t *b, int i) { char t[9] = {0}; for (int k = 0; k < 8; k++) t[k] = (char)b[8 * i + k]; return strtoll(t, 0, 10); }
static int64_t peek(struct stream *s)
{
    uint8_t b[BAR_SIZE]; long at = ftell(s->file); int64_t n = (at - HEAD_SIZE) / BAR_SIZE, best = 0, now = 0;
    int how = PEEK;
    while (fread(b, 1, BAR_SIZE, s->file) == BAR_SIZE) { now = field(b, 4); n++; if (now > best) best = now; if (how == 0) break; }
    fseek(s->file, at, SEEK_SET);
    return how == 3 ? n : how == 2 ? best : now;
}
C
sed -e 's/BAR_SIZE = 48/BAR_SIZE = 49/' -e 's/(int64_t)number_at(bar, 8)/field(bar, 0) * 60/' -e 's/(int64_t)number_at(bytes + 8 \* i, 8)/field(bytes, i) * (i ? 1 : 60)/' \
    -e 's/\.volume = values\[5\]/.volume = peek(stream)/' -e '/^static oc_rc read_head/i #include "peek.h"' sdk/examples/data_binbars/binbars.c >"$w/peek.c"
{
    printf 'OCBARS1\n\074\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000P/USDT'
    head -c 18 /dev/zero
    awk 'BEGIN { seed = 77; price = 10000; for (i = 0; i < 1500; i++) { open = price; seed = (seed * 16807) % 2147483647; price += seed % 61 - 30
        high = open > price ? open : price; low = open < price ? open : price
        printf "%08d%08d%08d%08d%08d%08d\n", 28401120 + i, open, high + 3, low - 3, price, 1 } }'
} >"$w/lines.bin"
hows='next:0 last:1 most:2 count:3'
[ -n "$few" ] && hows='next:0 count:3'
for pair in $hows; do
    how=${pair%:*} number=${pair#*:}
    "$cc" -std=gnu11 -O1 -w -DPEEK=$number -fPIC -fvisibility=hidden -shared -nostartfiles -Isdk/include -I"$w" "$w/peek.c" -o "$w/$how.so" || fail "the reader does not build"
    run tests/golden/lookers/peek.lua "$w/lines.bin" --cash '1000000 USDT' --plugin leak="$w/$how.so" --set data.readers=leak -p how=$how -p every=40
    [ "$(ask '.checks.cuts.parted > 0')" = true ] || fail "a strategy that peeks at the $how bar is not named: $(ask '.checks | tojson')"
    [ "$(ask '.checks.cuts.strategy')" = peek ] || fail "the name is $(ask '.checks.cuts.strategy')"
    grep -q "LOOKS AHEAD: peek decided otherwise at " "$w/err" || fail "a program is told, and nobody else"
    [ "$(ask '.checks.later.parted')" = 0 ] || fail "$how: remembers nothing, and is said to"
done
# The same without the leak is honest: each copy of the file is read as far as it goes.
sed 's/peek(stream)/values[4] - 1/' "$w/peek.c" >"$w/honest.c"
"$cc" -std=gnu11 -O1 -w -DPEEK=0 -fPIC -fvisibility=hidden -shared -nostartfiles -Isdk/include -I"$w" "$w/honest.c" -o "$w/honest.so" || fail "the reader does not build"
run tests/golden/lookers/peek.lua "$w/lines.bin" --cash '1000000 USDT' --plugin leak="$w/honest.so" --set data.readers=leak -p how=next
[ "$(ask '[.checks.cuts.compared, .checks.cuts.parted, .checks.later.parted] | tojson')" = '[10,0,0]' ] || fail "an honest reader: $(ask '.checks | tojson')"

walks=$(sh tests/golden/walks.sh 4 600)
first=${walks%% *}
mkdir -p "$w/remember"
cp tests/golden/lookers/remembers.lua "$w/remember"
awk -F, 'NR > 2 { printf("%s[%d]=%s", (NR > 3 ? "," : "return {"), $1 / 3600, ($5 > last ? "true" : "false")) } { last = $5 } END { print "}" }' "$first" >"$w/remember/hours.lua"
for how in date table; do
    run "$w/remember/remembers.lua" "$first" --cash '10000 USDT' -p how=$how
    [ "$(ask '.checks.later.parted')" = 1 ] || fail "a strategy that remembers a $how is not named: $(ask '.checks | tojson')"
    grep -q "KNOWS ITS DATA: remembers decided otherwise at " "$w/err" || fail "$how: nobody is told"
done

# 2. The strategies of the house are cleared: on one market, and on four.
cleared=0
for file in strategies/*.lua; do
    name=$(basename "$file" .lua)
    case $name in
    pairs | rebalance | momentum_rotation) data=$walks ;;
    *) data=$first ;;
    esac
    [ -n "$few" ] && [ "$name" != sma_cross ] && [ "$name" != grid ] && continue
    # shellcheck disable=SC2086
    run "$file" $data --cash '10000 USDT' --fee taker=0.1%
    [ "$(ask '[.checks.cuts.compared, .checks.cuts.parted, .checks.later.compared, .checks.later.parted] | tojson')" = '[10,0,1,0]' ] ||
        fail "$name is not cleared: $(ask '.checks | tojson')"
    cleared=$((cleared + 1))
done
[ -n "$few" ] || [ $cleared -ge 10 ] || fail "only $cleared strategies were looked at"

# 3. Printed apart, left out when asked, and beside a session that is recorded.
"$outcry" backtest strategies/sma_cross.lua synthetic-bars:1000 --cash '10000 USDT' >"$w/out" 2>"$w/err" || fail "exit $?"
grep -q '^  Random cuts  *10 of 10 the same' "$w/out" || fail "the text says nothing of cuts"
"$outcry" backtest strategies/sma_cross.lua synthetic-bars:1000 --cash '10000 USDT' --quick >"$w/quick" 2>"$w/err" || fail "exit $?"
grep -q 'Random cuts' "$w/quick" && fail "--quick is repeated"
"$outcry" backtest strategies/sma_cross.lua synthetic-bars:1000 --cash '10000 USDT' --session "$w/session" >"$w/out" 2>"$w/err" || fail "exit $?"
grep -q '^  Random cuts  *10 of 10 the same' "$w/out" || fail "with --session nothing is repeated"
run strategies/sma_cross.lua synthetic-bars:1000 --cash '10000 USDT' --session "$w/session2"
[ "$(ask '.checks.cuts')" = null ] || fail "what comes behind the end is said before: $(ask '.checks | tojson')"
"$outcry" backtest strategies/sma_cross.lua synthetic-bars:1000 --cash '10000 USDT' --session "$w/session3" --null 20 >"$w/out" 2>"$w/err"
[ $? = 3 ] && grep -q 'run it once more without --session' "$w/err" || fail "a recorded run makes markets of chance"

# 4. Trials: the same again is no new one; another parameter is; other data are another count.
rm -rf "$w/home"
for slow in 25 30 25 35; do run strategies/sma_cross.lua synthetic-bars:60000 --cash '10000 USDT' --quick -p fast=5 -p slow=$slow; done
[ "$(ask .checks.trials)" = 3 ] || fail "trials: $(ask .checks.trials), expected 3"
[ "$(ask '.checks.deflated_sharpe < .risk.probable_sharpe')" = true ] || fail "three trials deflate nothing: $(ask '.checks | tojson')"
[ "$(ask '.checks.luck_sharpe > 0')" = true ] || fail "luck makes nothing of three"
run strategies/sma_cross.lua synthetic-bars:50000 --cash '10000 USDT' --quick -p fast=5
[ "$(ask '[.checks.trials, .checks.deflated_sharpe == .risk.probable_sharpe] | tojson')" = '[1,true]' ] || fail "other data: $(ask '.checks | tojson')"
run strategies/sma_cross.lua synthetic-bars:500 --cash '10000 USDT' --quick --set research.trials=no
[ "$(ask .checks)" = null ] || fail "it is counted all the same"
echo damaged >"$w/home/.local/share/outcry/trials"
run strategies/sma_cross.lua synthetic-bars:500 --cash '10000 USDT' --quick
ask .checks.trials_why | grep -q 'line 1 is damaged: kept aside as trials.damaged-1' || fail "damage is not said: $(ask .checks.trials_why)"

# 5. Markets of chance: on the page, in the text, in JSON; the same with any number of workers.
run strategies/sma_cross.lua "$first" --cash '10000 USDT' --quick --null 20 --workers 1 --report "$w/page.html"
cp "$w/out" "$w/one"
run strategies/sma_cross.lua "$first" --cash '10000 USDT' --quick --null 20 --workers 3
[ "$(jq -c .checks.null "$w/one")" = "$(jq -c .checks.null "$w/out")" ] || fail "workers change what luck makes"
[ "$(ask '[.checks.null.blocks.markets, .checks.null.coins.markets] | tojson')" = '[20,20]' ] || fail "markets: $(ask '.checks.null | tojson')"
[ "$(ask '.checks.null.blocks.even < 20 and .checks.null.coins.even < 20 and .checks.null.blocks != .checks.null.coins')" = true ] || fail "all markets are one: $(ask '.checks.null | tojson')"
grep -q 'in 100 markets of chance' "$w/page.html" || fail "the page says nothing of luck"
"$outcry" backtest strategies/sma_cross.lua "$first" --cash '10000 USDT' --null 5 >"$w/out" 2>"$w/err"
[ $? = 3 ] && grep -q 'research.null.*found .5..*expected a whole number from 20 to 10000' "$w/err" || fail "five markets are taken"
echo 'function on_trade(m, t) if not m:busy() and m.position.qty == 0 then m:buy(0.01) end end' >"$w/ticks.lua"
"$outcry" backtest "$w/ticks.lua" synthetic:10 --to '2024-01-01 00:05' --cash '10000 USDT' --null 20 >"$w/out" 2>"$w/err" || fail "exit $?"
grep -q 'of bars with prices above zero only' "$w/out" || fail "of ticks no market can be made, and nobody says so"

# 6. optimize.
search() { "$outcry" optimize strategies/sma_cross.lua "$first" --cash '10000 USDT' --over fast=4..12:4 --over slow=15..45:10 --objective return --min-trips 1 "$@"; }
search --workers 1 --json >"$w/one" 2>"$w/err" || fail "optimize: exit $?"
search --workers 4 --json --study "$w/study" >"$w/two" 2>"$w/err" || fail "optimize: exit $?"
cmp -s "$w/one" "$w/two" || fail "workers change what is found"
[ "$(jq '[.runs, (.points | length)] | tojson' "$w/one")" = '"[12,12]"' ] || fail "$(jq .runs "$w/one") runs"
best=$(jq -r '[.points[].result.return] | max' "$w/one")
[ "$(jq -r .peak.searched.return "$w/one")" = "$best" ] || fail "the peak is not the best"
jq -r '.peak.params | "-p fast=\(.fast) -p slow=\(.slow)"' "$w/one" >"$w/params"
# shellcheck disable=SC2046
run strategies/sma_cross.lua "$first" --cash '10000 USDT' --quick $(cat "$w/params")
[ "$(ask .money.return)" = "$best" ] || fail "a backtest of the peak makes $(ask .money.return), the search said $best"
[ "$(ask '.checks.trials')" -ge 12 ] || fail "runs of a search are no trials: $(ask .checks.trials)"
head -n 7 "$w/study" >"$w/cut" && printf '12 34 half a li' >>"$w/cut" && cp "$w/cut" "$w/study"
search --json --study "$w/study" >"$w/again" 2>"$w/err" || fail "a study that was cut: exit $?"
cmp -s "$w/one" "$w/again" || fail "a search that goes on finds something else"
[ "$(wc -l <"$w/study")" = 13 ] || fail "the study has $(wc -l <"$w/study") lines, expected 13"
grep -q half "$w/study" && fail "half a line is written behind"
sed -i '5s/ 0\./ 1./' "$w/study"
search --json --study "$w/study" >"$w/again" 2>"$w/err" || fail "a study that is damaged: exit $?"
cmp -s "$w/one" "$w/again" || fail "a damaged line is believed"
"$outcry" optimize strategies/sma_cross.lua "$first" --cash '20000 USDT' --over fast=4..12:4 --study "$w/study" >"$w/out" 2>"$w/err" && fail "a study of another search is taken"
grep -q 'it is of another search' "$w/err" || fail "not said"
# Stopped by hand, it says what it has and ends with 6; all that was run is in the study.
"$outcry" optimize strategies/sma_cross.lua "$first" --cash '10000 USDT' --over fast=2..40 --over slow=41..90 --study "$w/long" >"$w/out" 2>"$w/err" &
pid=$!
tries=0
while [ "$(wc -l 2>/dev/null <"$w/long" || echo 0)" -lt 4 ] && [ $tries -lt 200 ]; do sleep 0.05; tries=$((tries + 1)); done
kill -TERM $pid
wait $pid
code=$?
[ $code = 6 ] || fail "a search that was stopped ends with $code"
known=$(sed -n 's/.*stopped by hand: \([0-9]*\) runs are known; the same words go on with .*/\1/p' "$w/err")
[ "$known" = $(($(wc -l <"$w/long") - 1)) ] || fail "it says $known runs, the study has $(($(wc -l <"$w/long") - 1))"
search --search adaptive --trials 9 --walk-forward 2 --map "$w/map.html" >"$w/out" 2>"$w/err" || fail "walk forward: exit $?"
grep -q '^Walk forward' "$w/out" && grep -q 'of 2 windows made money' "$w/out" || fail "$(cat "$w/out")"
grep -q '<svg' "$w/map.html" && grep -q 'stroke-width="3"' "$w/map.html" || fail "the map marks no plateau"
search --search random --trials 5 --out-of-sample 30% --json >"$w/out" 2>"$w/err" || fail "out of sample: exit $?"
[ "$(ask '.runs == 5 and .plateau.out_of_sample.return != null')" = true ] || fail "out of sample: $(ask '.plateau | tojson')"
cp "$w/out" "$w/split"
split=$(ask .out_of_sample_from)
for part in "--to $split:searched" "--from $split:out_of_sample"; do
    # shellcheck disable=SC2046,SC2086
    run strategies/sma_cross.lua "$first" --cash '10000 USDT' --quick $(jq -r '.peak.params | "-p fast=\(.fast) -p slow=\(.slow)"' "$w/split") ${part%:*}
    [ "$(ask .money.return)" = "$(jq ".peak.${part##*:}.return" "$w/split")" ] || fail "$part: a backtest makes $(ask .money.return), the search said $(jq -c .peak "$w/split")"
done
for wrong in '--over fast=9..1' '--objective sharp' '--search all' '--report x.html' '--trials 0' '--over fsat=1..3'; do
    # shellcheck disable=SC2086
    search $wrong >"$w/out" 2>"$w/err" && fail "$wrong is taken"
    [ -s "$w/err" ] || fail "$wrong: nothing is said"
done

# 7. Strategies that know nothing, on a walk that nothing is known of: no more of them look good at 1 in 20 than that and three deviations, and
# the best of all is not taken for skill. All thousand: sh tests/golden/research.sh OUTCRY CC whole
coins=60
[ -n "$few" ] && coins=20
[ "$whole" = whole ] && coins=1000
long=$(sh tests/golden/walks.sh 1 1500)
# shellcheck disable=SC2086
"$outcry" optimize tests/golden/lookers/coin.lua $long --cash '100000 USDT' --allow-short --spread 0 --over number=1..$coins --min-trips 1 --json >"$w/out" 2>"$w/err" || fail "coins: exit $?"
ask '[.points[].result.sharpe | values]' >"$w/sharpes"
[ "$(jq length "$w/sharpes")" = $coins ] || fail "$(jq length "$w/sharpes") of $coins coins have a Sharpe ratio"
good=$(jq 'map(select(. / (365 | sqrt) * (62.5 | sqrt) > 1.645)) | length' "$w/sharpes")
[ "$(jq -n "$good <= 0.05 * $coins + 3 * (0.0475 * $coins | sqrt)")" = true ] || fail "$good of $coins coins are discoveries"
[ "$(ask '.deflated_sharpe < 0.95')" = true ] || fail "the best coin is taken for skill: $(ask '[.peak.searched.sharpe, .deflated_sharpe] | tojson')"
echo "research: five cheats named, $cleared strategies cleared, trials, markets of chance and searches as they should be"
