#!/bin/sh
# data_fetch.sh OUTCRY_VENUE OUTCRY: bars of the past come into a file by pages, without a key; what it holds is not asked for again; a backtest reads it; holes
# are listed; what is wrong is said.
. "$(dirname "$0")/binanceus_kit.sh"
sed -i '/keys: {/d; s/accounts = \["main"\]; //' main.conf
fetch() { "$outcry" data fetch binanceus BTC/USD 1m "$@" --config main.conf; }
tell buy 0.5 BTCUSD @ 59979.25 at the website
tell buy 0.001 BTCUSD at the website of second
sleep 0.3
tell skew 9h # its clock goes on: 540 candles are over, the first with a trade
until_ says 'skew' said
day=$(date -u -d '-1 hour' +%Y-%m-%dT%H:%M:%SZ)
fetch --from "$day" --json >one || fail "it ends with $? and says $(cat one)"
jq -e '.bars >= 500 and .fetched == .bars and .gaps == 0' one >/dev/null || fail "it says $(cat one)"
file=data/binanceus/BTC-USD-1m.csv
[ "$(jq -r .file one)" = $file ] || fail "the file is $(jq -r .file one)"
# The same again asks for nothing that is there; half a file is gone on with, and is the same in the end.
fetch --from "$day" --json >two
jq -e '.fetched <= 1' two >/dev/null || fail "it asks again: $(cat two)"
cp $file whole
head -n 100 whole >$file
printf '2026-01' >>$file
fetch --from "$day" --json >three || fail "it does not go on: $(cat three)"
head -n "$(wc -l <whole)" $file | cmp -s - whole || fail 'gone on with, the file is another one'
sed 2,50d whole >$file
fetch --from "$day" >four
head -n "$(wc -l <whole)" $file | cmp -s - whole || fail 'what lies before is not fetched'
sed 50,59d whole >$file
fetch --from "$day" >five
says 'gap: .*, 10 bars' five || fail "the hole is not told: $(cat five)"
# A backtest reads it.
cp whole $file
"$outcry" backtest "$here/../../strategies/buy_and_hold.lua" $file --cash '10000 USD' --json >backtest.json 2>backtest.log || fail "a backtest says $(cat backtest.log)"
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
wrong 1 'has no history of such bars' fetch binanceus BTC/USD 7m --from "$day"
wrong 3 'no configuration has a group' fetch elsewhere BTC/USD 1m --from "$day"
echo nonsense >bad.csv
wrong 1 'is not such a file' fetch binanceus BTC/USD 1m bad.csv --from "$day"
tell quit
wait $pid || fail "the venue ends with $?"
pid=
