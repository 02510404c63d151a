#!/bin/sh
# history.sh OUTCRY: the history over all sessions: a backtest, a paper session that is killed and gone on with, a run at a venue. What it shows is
# what the report shows, to the digit; a lost or damaged database comes back from the journals byte for byte; two write at once; a full disk keeps
# rows away and no order; a hostile name is a name.
set -u
outcry=$(realpath "$1")
folder=$(dirname "$outcry")
strategies=$(realpath "$(dirname "$0")/../../strategies")
docs=$(realpath "$(dirname "$0")/../../docs")
example=$(realpath "$(dirname "$0")/../../sdk/examples/connector_loopback")
w=$(mktemp -d)
pid=
follower=
trap '[ -z "$pid$follower" ] || kill -9 $pid $follower 2>/dev/null; rm -rf "$w" 2>/dev/null || { sleep 1; rm -rf "$w"; }' EXIT
trap 'exit 1' INT TERM
mkdir -m 700 "$w/home" "$w/run"
unset XDG_STATE_HOME XDG_DATA_HOME COLUMNS LINES TERM OUTCRY_PLUGINS
export HOME="$w/home" XDG_RUNTIME_DIR="$w/run" LC_ALL=C.UTF-8 OUTCRY__HISTORY__WRITE=yes
cd "$w" || exit 1
data="$HOME/.local/share/outcry"
fail() { echo "history: $*" >&2; exit 1; }
tables='sessions orders fills positions trades pnl transactions'
keep() { # NAME: every row of every table, as it is
    for table in $tables; do "$outcry" $table --csv --limit 0 >"$1.$table" 2>"$1.err" || fail "$table: $(cat "$1.err")"; done
}
same() { # NAME NAME WHAT
    for table in $tables; do cmp -s "$1.$table" "$2.$table" || fail "$3: other $table: $(diff "$1.$table" "$2.$table" | head -4)"; done
}
# column TABLE NAME: its place.
column() { head -n 1 "$1" | tr ',' '\n' | grep -nx "$2" | cut -d: -f1; }
cut_of() { # TABLE NAME...: these columns, without the head
    file=$1
    shift
    places=
    for name in "$@"; do places="$places,\$$(column "$file" "$name")"; done
    awk -F, -v OFS=, "NR > 1 { print ${places#,} }" "$file"
}

# Nothing is there yet, and that is no error.
"$outcry" fills >said 2>&1 || fail "before the first session: $(cat said)"
[ "$(cat said)" = 'no fills' ] || fail "before the first session: $(cat said)"

# A backtest, against its report.
"$outcry" backtest "$strategies/sma_cross.lua" synthetic-bars:6000 --cash '10000 USDT' --fee taker=0.1% --session back --quiet >said 2>&1 ||
    fail "backtest: $(cat said)"
"$outcry" report back --json >back.json 2>/dev/null || fail 'no report'
"$outcry" report back --csv csv >/dev/null 2>&1 || fail 'no files of the report'
keep one
cut_of one.orders order_id symbol side type role qty status filled average fee fee_asset tag | awk -F, -v OFS=, '{ $9 = sprintf("%.7f", $9); print }' >ours
awk -F, -v OFS=, 'NR > 1 { print $1, $5, $6, $7, $8, $9, tolower($12), $13, sprintf("%.7f", $14), $15, $16, $18 }' csv/orders.csv >theirs
[ "$(awk -F, 'NR > 1 && length($14) > 10' csv/orders.csv | wc -l)" -gt 0 ] || fail 'no order has several fills'
cmp -s ours theirs || fail "orders are not those of the report: $(diff ours theirs | head -4)"
cut_of one.trades strategy symbol side qty profit fees net asset tag exit_tag >ours
awk -F, -v OFS=, 'NR > 1 { print $1, $2, $3, $7, $10, $11, $12, $13, $21, $22 }' csv/trips.csv >theirs
[ -s ours ] && cmp -s ours theirs || fail "trades are not those of the report: $(diff ours theirs | head -4)"
"$outcry" fills --json >fills.json || fail 'no fills'
[ "$(jq '.fills | length' fills.json)" = "$(jq .trades.fills back.json)" ] || fail 'another number of fills than in the report'
[ "$(jq '.fills | map([.account, .symbol, .order_id, .trade_id]) | unique | length' fills.json)" = "$(jq .trades.fills back.json)" ] || fail 'a fill stands twice'
# What each order has filled is the sum of its fills, to the last digit.
cut_of one.fills order_id qty fee | awk -F, '{ split($2, q, "."); f = q[2] "00000000"; n[$1] += q[1] * 100000000 + substr(f, 1, 8) }
    END { for (o in n) printf "%s,%d\n", o, n[o] }' | sort >ours
cut_of one.orders order_id filled | awk -F, '$2 != "0" { split($2, q, "."); f = q[2] "00000000"; printf "%s,%d\n", $1, q[1] * 100000000 + substr(f, 1, 8) }' | sort >theirs
cmp -s ours theirs || fail "orders and their fills part: $(diff ours theirs | head -4)"
figures=$(jq -r '[.money.start, .money.final, .money.fees, .trades.fills, .hashes.orders, .hashes.meaning] | join(" ")' back.json)
"$outcry" sessions --json | jq -r '.sessions[0] | [.start, .final, .fees, .fills, .order_hash, .meaning] | join(" ")' >said
[ "$(cat said)" = "$figures" ] || fail "the session is not that of the report: $(cat said), not $figures"
"$outcry" pnl --json | jq -e --argjson final "$(jq .money.final back.json)" '.equity | .[-1].equity == $final
    and ((map(.day_profit | tonumber) | add) - (.[-1].profit | tonumber) | fabs < 1e-6)' >/dev/null || fail 'the last day is not the end of the session'
"$outcry" transactions --json | jq -e '.transactions | (map(select(.type == "opening")) | length == 1) and (map(select(.type == "fee")) | length > 0)' >/dev/null ||
    fail 'the ledger has no opening cash, or no fees'

near='def near($a; $b): (($a | tonumber) - ($b | tonumber)) | fabs < 1e-6;'
"$outcry" transactions --json | jq -e --argjson fees "$(jq .money.fees back.json)" "$near"' [.transactions[] | select(.type == "fee") | .amount | tonumber] | near(add; -($fees | tonumber))' >/dev/null ||
    fail 'the fees of the ledger are not those of the report'
"$outcry" pnl --json >pnl.json
jq -e --slurpfile fills fills.json "$near"' .equity[-1].realised as $made | near([$fills[0].fills[].realised | tonumber] | add; $made)' pnl.json >/dev/null ||
    fail 'realised is not what the fills made'
jq -e "$near"' .equity | all(near(.profit; (.realised | tonumber) + (.unrealised | tonumber) - (.fees | tonumber)) and near(.equity; 10000 + (.profit | tonumber)))' pnl.json >/dev/null ||
    fail "profit and its parts do not add up: $(cat pnl.json)"
jq -e --slurpfile fills fills.json "$near"' [$fills[0].fills[] | select(.time < "2024-01-02") | .realised | tonumber] as $first | near($first | add; .equity[0].realised)' pnl.json >/dev/null ||
    fail 'a day has what another made'
# Filters choose what they say.
at=2024-01-01T20:00:00Z
all=$(jq '.fills | length' fills.json) early=$(jq --arg at $at '.fills | map(select(.time < $at)) | length' fills.json)
[ "$early" -gt 0 ] && [ "$early" -lt "$all" ] || fail 'no fill on one side'
[ "$("$outcry" fills --until $at --json | jq '.fills | length')" = "$early" ] || fail '--until'
[ "$("$outcry" fills --since $at --json | jq '.fills | length')" = $((all - early)) ] || fail '--since'
[ "$("$outcry" fills --side sell --json | jq -c '.fills')" = "$(jq -c '.fills | map(select(.side == "sell"))' fills.json)" ] || fail '--side'
[ "$("$outcry" fills --limit 2 --json | jq -c '.fills')" = "$(jq -c '.fills[-2:]' fills.json)" ] || fail '--limit'
[ "$("$outcry" fills --search BUY --json | jq -c '.fills')" = "$(jq -c '.fills | map(select(.side == "buy"))' fills.json)" ] || fail '--search'
"$outcry" fills --limit 1 >said
jq -r '.fills[-1] | .time[11:19], .qty' fills.json | while read -r word; do grep -qF " $word" said || echo "$word"; done >missing
[ ! -s missing ] || fail "the table lacks $(cat missing): $(cat said)"
"$outcry" orders --csv --limit 0 | sed -n 1p | tr , '\n' >heads
[ "$(sed -n '/^## orders/,/^## fills/s/^| `\([a-z_]*\)`.*/\1/p' "$docs/history-reference.md")" = "$(cat heads)" ] || fail 'the reference has other columns'
"$outcry" help tables | cmp -s - "$docs/history-reference.md" || fail 'docs/history-reference.md is not what `outcry help tables` prints'

# A paper session, followed while it runs, killed, gone on with.
go() { exec "$outcry" paper "$strategies/sma_cross.lua" --feed synthetic-bars:1500 --cash '10000 USDT' --fee taker=0.1% --listen none --quiet "$@"; }
"$outcry" fills --follow --json >followed 2>followed.err &
follower=$!
(go --speed 12000 --session paper) >paper.log 2>&1 &
pid=$!
tries=0
until [ "$("$outcry" sessions --json | jq '.sessions | map(select(.name == "paper" and .fills > 3 and .state == "running")) | length')" = 1 ]; do
    tries=$((tries + 1))
    [ $tries -lt 200 ] || fail "it does not trade: $(cat paper.log)"
    sleep 0.05
done
# What its own process has kept, as it stands in the database, is what a whole reading of it makes.
alone() { rm -rf alone && mkdir alone && cp "$data"/history.db* alone && "$outcry" "$@" --set history.folder="$w/alone"; } # without its list nothing is read
is_same() {
    rm -rf fresh
    "$outcry" history add paper --set history.folder="$w/fresh" >/dev/null 2>&1 || fail 'fresh'
    [ "$(alone sessions --json | jq '.sessions[] | select(.name == "paper") | .records')" = "$("$outcry" sessions --json --set history.folder="$w/fresh" | jq '.sessions[0].records')" ] || return 1
    for table in orders fills positions trades pnl transactions; do
        alone $table --csv --limit 0 | grep "$id" >live.$table
        "$outcry" $table --csv --limit 0 --set history.folder="$w/fresh" | grep "$id" >fresh.$table
        cmp -s live.$table fresh.$table || fail "kept while it runs, $table are others: $(diff live.$table fresh.$table | head -4)"
    done
}
id=$("$outcry" sessions --json | jq -r '.sessions[] | select(.name == "paper") | .session')
sleep 2 # nobody reads it as a whole meanwhile
for _ in $(seq 40); do
    kill -STOP $pid
    sleep 0.8 # a turn of its process
    is_same && break
    kill -CONT $pid
    sleep 0.05
done
is_same || fail 'its own process is never where it is'
kill -9 $pid
wait $pid 2>/dev/null
pid=
[ "$("$outcry" sessions --json | jq -r '.sessions[] | select(.name == "paper") | .folder')" = "$w/paper" ] || fail 'its folder is not as the list has it'
# Killed, its process reads the rest by itself, and ends.
for _ in $(seq 100); do
    [ "$(alone sessions --json | jq -r '.sessions[] | select(.name == "paper") | .state')" = open ] && break
    sleep 0.05
done
[ "$(alone sessions --json | jq -r '.sessions[] | select(.name == "paper") | .state')" = open ] || fail 'its process does not read it to its end'
[ "$(alone sessions --json | jq -r '.sessions[] | select(.name == "paper") | .folder')" = "$w/paper" ] || fail 'its folder is not as the list has it'
[ "$(alone fills --session paper --json | jq '.fills | length')" = "$("$outcry" report paper --json 2>/dev/null | jq .trades.fills)" ] || fail 'its process has not read it to its end'
becomes() { # STATE: of the paper session; whoever followed it may still be at its last turn
    for _ in $(seq 100); do
        state=$("$outcry" sessions --json | jq -r '.sessions[] | select(.name == "paper") | .state')
        [ "$state" = "$1" ] && return
        sleep 0.05
    done
    fail "the paper session is $state, not $1"
}
becomes open
(go --speed max --session paper) >said 2>&1 || fail "it does not go on: $(cat said)"
becomes ended
tries=0
want=$("$outcry" fills --session paper --json | jq '.fills | length')
until [ "$(jq -r .session followed | grep -c "$("$outcry" sessions --json | jq -r '.sessions[] | select(.name == "paper") | .session')")" -ge "$want" ]; do
    tries=$((tries + 1))
    [ $tries -lt 200 ] || fail "what follows has not seen all fills: $(wc -l <followed) of $want: $(cat followed.err)"
    sleep 0.05
done
kill -INT $follower
wait $follower
code=$?
follower=
[ $code = 0 ] || fail "a follower that is interrupted fails: $(cat followed.err)"
[ -z "$(jq -r '[.session, .order_id, .trade_id] | join(" ")' followed | sort | uniq -d)" ] || fail 'a follower is told of a fill twice'
rm -rf whole
"$outcry" paper "$strategies/sma_cross.lua" --feed synthetic-bars:1500 --cash '10000 USDT' --fee taker=0.1% --session whole --listen none --quiet >said 2>&1
terms='.fills | map([.time, .side, .qty, .price, .fee, .realised, .position])'
[ "$("$outcry" fills --session paper --json | jq -c "$terms")" = "$("$outcry" fills --session whole --json | jq -c "$terms")" ] ||
    fail 'killed and gone on with, it has other fills than without'
begin=$(date +%s)
[ "$(timeout 20 "$outcry" fills --follow --session paper 2>follow.err | head -n 3 | wc -l)" = 3 ] && [ ! -s follow.err ] || fail 'a follower shows other rows'
[ $(($(date +%s) - begin)) -lt 15 ] || fail 'a reader that goes ends no follower'

# A run at a venue.
cp "$folder/sdk/examples/loopback.so" "$example/day.lua" "$example/day.conf" "$example/day.txt" . || exit 1
"$outcry" run day.lua --venue loopback --config day.conf --plugin loopback="$w/loopback.so" --cash '10000 USDT' --session venue --listen none --json >venue.json 2>said ||
    fail "run: $(cat said)"
[ "$("$outcry" fills --session venue --json | jq '.fills | length')" = "$(jq .trades.fills venue.json)" ] || fail 'a run at a venue has other fills'
[ "$(jq .trades.fills venue.json)" -gt 0 ] || fail 'the run fills nothing'
"$outcry" fills --symbol loopback:BTC/USDT --json | jq -e '.fills | length > 0 and all(.venue == "loopback")' >/dev/null || fail 'symbols of a venue'

# A strategy may be called what it likes.
name="x'); DROP TABLE fills; --"
sed "s/name = \"sma_cross\"/name = \"$name\"/" "$strategies/sma_cross.lua" >"$name.lua"
"$outcry" backtest "$name.lua" synthetic-bars:500 --cash '100 USDT' --session "$name" --quiet >said 2>&1 || fail "a name: $(cat said)"
"$outcry" orders --session "$name" --json | jq -e --arg name "$name" '.orders | length > 0 and all(.strategy == $name)' >/dev/null || fail "a name is not a name: $("$outcry" orders --session "$name" --json | head -3)"
"$outcry" orders --strategy "$name" --search "DROP TABLE" >said || fail 'a name is not found'

# Several at once, and a question while they write.
for i in 1 2 3; do
    ("$outcry" backtest "$strategies/sma_cross.lua" synthetic-bars:1000 --cash '1000 USDT' --set session.seed=$i --session many$i --quiet && "$outcry" fills >/dev/null) >many$i.log 2>&1 &
done
wait
for i in 1 2 3; do [ ! -s many$i.log ] || fail "several at once: $(cat many$i.log)"; done

# Lost, cut short, written over: it comes back as it was.
keep before
rm -f "$data"/history.db*
keep after
same before after 'lost'
head -c 20000 "$data/history.db" >cut.db && rm -f "$data"/history.db* && cp cut.db "$data/history.db"
"$outcry" fills >/dev/null 2>said || fail "cut short: $(cat said)"
grep -q '^outcry: history: the database is damaged (.*): it is kept as history.db.aside-1, and a new one is made from the journals$' said || fail "cut short, it says: $(cat said)"
keep after
same before after 'cut short'
"$outcry" history rebuild --json >said 2>&1 || fail "rebuild: $(cat said)"
keep after
same before after 'made anew'
rm -f "$data"/history.db* "$data/sessions.list"
"$outcry" fills >said 2>&1 && [ "$(cat said)" = 'no fills' ] || fail "without its list: $(cat said)"
"$outcry" history add "$w" >said 2>&1 || fail "add: $(cat said)"
keep after
for table in sessions fills; do [ "$(wc -l <before.$table)" = "$(wc -l <after.$table)" ] || fail "found again: other $table"; done

# A session whose last records were lost (its folder of an earlier time is back) loses their rows, and those alone.
(go --speed 12000 --session cut) >cut.log 2>&1 &
pid=$!
tries=0
until [ "$("$outcry" sessions --json | jq '.sessions | map(select(.name == "cut" and .fills > 3)) | length')" = 1 ]; do
    tries=$((tries + 1))
    [ $tries -lt 200 ] || fail "it does not trade: $(cat cut.log)"
    sleep 0.05
done
kill -9 $pid
wait $pid 2>/dev/null
pid=
cp -r cut cut.early
early=$("$outcry" report cut --json 2>/dev/null | jq .trades.fills)
(go --speed max --session cut) >said 2>&1 || fail "cut: it does not go on: $(cat said)"
late=$("$outcry" fills --session cut --json | jq '.fills | length')
[ "$late" -gt "$early" ] || fail "cut: $late fills, $early before"
rm -rf cut && mv cut.early cut
for _ in $(seq 100); do # who kept it up may be at its last turn
    [ "$("$outcry" fills --session cut --json | jq '.fills | length')" = "$early" ] && break
    sleep 0.05
done
[ "$("$outcry" fills --session cut --json | jq '.fills | length')" = "$early" ] || fail "cut: fills of records that are gone are shown: $("$outcry" fills --session cut --json | jq '.fills | length'), not $early"

# Words that are wrong.
wrong() { # WANT COMMAND...
    want=$1
    shift
    "$outcry" "$@" >said 2>&1
    [ $? = 2 ] && grep -qF -- "$want" said || fail "$*: $(cat said)"
}
wrong "found '--sid': did you mean '--side'?" fills --sid buy
wrong "found 'bookd'" fills --status bookd
wrong "did you mean 'booked'?" fills --status bookd
wrong "did you mean 'sma_cross'?" orders --strategy sma_cros
wrong "did you mean 'BTC/USDT'?" orders --symbol BTC/USD
wrong "did you mean 'paper'?" orders --session papr
wrong 'not supported' positions --since 7d
wrong 'expected a time such as' fills --since yesterday
wrong 'expected a whole number' fills --limit many
wrong "did you mean 'status'?" history statu
"$outcry" orders --side buy --status filled --since 2024-01-01 --until 2024-01-02 --limit 3 >said || fail 'filters'
[ "$(grep -c ' buy ' said)" = 3 ] && tail -n 1 said | grep -q '^the last 3; --limit 0 shows all$' || fail "filters: $(cat said)"

# history.keep: rows go, journals stay.
cp -r "$HOME" home.before
"$outcry" history --set history.keep=1d --json | jq -e '.sessions > 3' >/dev/null || fail 'what is young is let go'
"$outcry" history --set history.keep=1h >said 2>&1
[ $? = 3 ] && grep -q 'at least 1d' said || fail "history.keep: $(cat said)"

# A disk that is full, where the machine lets us have one: the session trades on, says it once, and the rows come later.
if unshare -rm true 2>/dev/null; then
    mkdir small
    cat >full.sh <<'END'
mount -t tmpfs -o size=400k none small || exit 77
head -c 350000 /dev/zero >small/filler
"$1" paper "$2/sma_cross.lua" --feed synthetic-bars:1500 --speed 30000 --cash '10000 USDT' --fee taker=0.1% --session full --listen none --set history.folder=small >full.json --json 2>full.log || exit 1
rm small/filler
"$1" fills --session full --json --set history.folder=small >full.fills
END
    unshare -rm sh full.sh "$outcry" "$strategies"
    code=$?
    [ $code = 0 ] || [ $code = 77 ] || fail "a full disk: $(cat full.log)"
    [ $code = 77 ] && echo "history: skip: a full disk: no small one"
    if [ $code = 0 ]; then
        [ "$(grep -c 'behind the journal' full.log)" = 1 ] || fail "a full disk is not said once: $(cat full.log)"
        [ "$(jq -r .hashes.meaning full.json)" = "$("$outcry" report whole --json 2>/dev/null | jq -r .hashes.meaning)" ] || fail 'a full disk changes what is traded'
        [ "$(jq -c "$terms" full.fills)" = "$("$outcry" fills --session whole --json | jq -c "$terms")" ] || fail 'behind a full disk fills are missing'
    fi
else
    echo "history: skip: a full disk: no user namespaces"
fi
echo "history: as the reports say it, lost and found, followed, killed, full"
