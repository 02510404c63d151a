#!/bin/sh
# data_fetch.sh OUTCRY_VENUE OUTCRY: bars of the past come into a file by pages, without a key; what it holds is not asked for again; a backtest reads it; holes
# are listed; what is wrong is said.
face=binanceus
. "$(dirname "$0")/face_kit.sh"
sed -i '/keys: {/d; s/accounts = \["main"\]; //' main.conf
fetch() { "$outcry" data fetch binanceus BTC/USD 1m "$@" --config main.conf; }
tell buy 0.5 BTCUSD @ 59979.25 at the website
tell buy 0.001 BTCUSD at the website of second
sleep 0.3
tell skew 1h # its clock goes on: 60 candles are over, the first with a trade
tell faults
until_ says 'skew' said
day=$(date -u -d '-2 days' +%Y-%m-%dT%H:%M:%SZ)
fetch --from "$day" --json >one || fail "it ends with $? and says $(cat one)"
jq -e '.bars >= 59 and .fetched == .bars and .gaps == 0' one >/dev/null || fail "it says $(cat one)"
file=data/binanceus/BTC-USD-1m.csv
[ "$(jq -r .file one)" = $file ] || fail "the file is $(jq -r .file one)"
# The same again asks for nothing that is there; half a file is gone on with, and is the same in the end.
fetch --from "$day" --json >two
jq -e '.fetched <= 1' two >/dev/null || fail "it asks again: $(cat two)"
cp $file whole
head -n 30 whole >$file
printf '2026-01' >>$file
fetch --from "$day" --json >three || fail "it does not go on: $(cat three)"
head -n "$(wc -l <whole)" $file | cmp -s - whole || fail 'gone on with, the file is another one'
sed 2,20d whole >$file
fetch --from "$day" >four
head -n "$(wc -l <whole)" $file | cmp -s - whole || fail 'what lies before is not fetched'
sed 40,49d whole >$file
fetch --from "$day" >five
says 'gap: .*, 10 bars' five || fail "the hole is not told: $(cat five)"
# What lies further back than data.keep is let go; more than that is not asked for; without it nothing is.
cp whole $file
fetch --from "$day" --set data.keep=1h >six 2>&1 && fail "it asks for what it lets go: $(cat six)"
says 'from: data.keep lets go what lies further back than 1h' six || fail "it says $(cat six)"
cmp -s whole $file || fail 'refused, it has changed the file'
hour=$(tail -n 1 whole | cut -d, -f1)
until=$(date -u -d "$hour" +%Y-%m-%dT%H:%M:00Z)
fetch --from "$(date -u -d "$until - 30 minutes" +%Y-%m-%dT%H:%M:%SZ)" --to "$until" --set data.keep=1h --json >seven || fail "it ends with $? and says $(cat seven)"
jq -e --argjson all "$(($(wc -l <whole) - 1))" '.bars <= 61 and .let_go == $all - .bars and .bars + .let_go == $all' seven >/dev/null || fail "it says $(cat seven)"
[ "$(tail -n +2 $file | wc -l)" = "$(jq .bars seven)" ] || fail "the file has $(wc -l <$file) lines"
tail -n +2 $file >rest
tail -n "$(jq .bars seven)" whole | cmp -s - rest || fail 'the file has other bars'
# A backtest reads it.
cp whole $file
"$outcry" backtest "$here/../../strategies/buy_and_hold.lua" $file --cash '10000 USD' --json >backtest.json 2>backtest.log || fail "a backtest says $(cat backtest.log)"
# What is heard is recorded, behind what is there, and read again.
tell skew off
record() {
    "$outcry" data record binanceus BTC/USD --duration 30s --config main.conf >recorded 2>&1 &
    host=$!
}
rows() { [ -f data/binanceus/BTC-USD-$1.csv ] && [ "$(wc -l <data/binanceus/BTC-USD-$1.csv)" -ge "$2" ]; }
trades_to() { # ROWS: somebody trades until so many are there
    tell buy 0.001 BTCUSD at the website of second
    sleep 0.2
    rows trades "$1"
}
record
until_ trades_to 4
until_ rows quotes 2
kill -INT $host
wait $host || fail "recording ends with $?: $(cat recorded)"
says 'BTC-USD-trades.csv: [0-9]* rows' recorded || fail "it says $(cat recorded)"
printf '2026-01-01T00:00' >>data/binanceus/BTC-USD-trades.csv
record
until_ trades_to $(($(wc -l <data/binanceus/BTC-USD-trades.csv) + 2))
kill -INT $host
wait $host
host=
awk -F, 'NF != 4 { bad = 1 } END { exit bad || NR < 5 }' data/binanceus/BTC-USD-trades.csv || fail "the trades: $(cat data/binanceus/BTC-USD-trades.csv)"
# Order books, where they are asked for: whole at first, then what changes, by the venue's numbers.
[ ! -e data/binanceus/BTC-USD-books.csv ] || fail 'books are recorded that nobody asked for'
"$outcry" data record binanceus BTC/USD --set data.record=boooks --config main.conf >wrong 2>&1 && fail 'it records what it does not know'
says "data.record: 'boooks': expected trades, quotes, books" wrong || fail "it says $(cat wrong)"
mv data/binanceus/BTC-USD-trades.csv trades.kept
"$outcry" data record binanceus BTC/USD --duration 30s --set data.record=books --config main.conf >recorded 2>&1 &
host=$!
changes() { tell buy 0.001 BTCUSD at the website of second; sleep 0.2; grep -q ',change,' data/binanceus/BTC-USD-books.csv && grep -q ',whole,' data/binanceus/BTC-USD-books.csv; }
until_ changes
kill -INT $host
wait $host || fail "recording books ends with $?: $(cat recorded)"
host=
[ ! -e data/binanceus/BTC-USD-trades.csv ] || fail 'trades are recorded that nobody asked for'
mv trades.kept data/binanceus/BTC-USD-trades.csv
awk -F, 'NR == 1 { next } NF != 7 || $3 > $4 || ($2 != "whole" && $2 != "change") || ($5 != "bid" && $5 != "ask" && $5 != "") { bad = NR } END { exit bad || NR < 10 }' data/binanceus/BTC-USD-books.csv ||
    fail "the books: $(head -5 data/binanceus/BTC-USD-books.csv)"
cat >ticks.lua <<'END'
strategy { name = "ticks" }
function on_trade(m, t) if m.position.qty == 0 and not m:busy() then m:buy { qty = 0.001 } end end
END
for kind in trades quotes; do
    "$outcry" backtest ticks.lua data/binanceus/BTC-USD-$kind.csv --cash '10000 USD' --json >backtest.json 2>backtest.log ||
        says 'never called' backtest.log || fail "a backtest of $kind says $(cat backtest.log)"
done
# What is wrong.
wrong() { # CODE WORDS ARGUMENTS...
    want=$1 words=$2
    shift 2
    "$outcry" data "$@" --config main.conf >wrong.out 2>wrong.err && fail "$*: it goes"
    code=$?
    [ $code -eq "$want" ] || fail "$*: it ends with $code: $(cat wrong.err)"
    says "$words" wrong.err || fail "$*: it says $(cat wrong.err)"
}
wrong 2 'expected fetch' get binanceus BTC/USD 1m
wrong 2 'where does it begin' fetch binanceus BTC/USD 1m
wrong 1 'has no such market' fetch binanceus ABC/USD 1m --from "$day"
wrong 1 'has no history of such bars' fetch binanceus BTC/USD 10m --from "$day"
wrong 3 'no configuration has a group' fetch elsewhere BTC/USD 1m --from "$day"
echo nonsense >bad.csv
wrong 1 'is not such a file' fetch binanceus BTC/USD 1m bad.csv --from "$day"
tell quit
wait $pid || fail "the venue ends with $?"
pid=
