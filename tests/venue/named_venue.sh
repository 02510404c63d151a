#!/bin/sh
# named_venue.sh OUTCRY_VENUE OUTCRY: a venue that no group describes but by where it is reached here, with the words of a first day: --venue, --symbol,
# --timeframe, --live. Its connector is the installed one of that name, steps are the venue's, the key is the vault's entry of the account's name.
# What is written into the records is enough for a replay and for a restart.
every=50ms
face=binanceus
. "$(dirname "$0")/face_kit.sh"
strategy=$here/../../strategies/sma_cross.lua
run=
at="--config here.conf -p fast=2 -p slow=3"
cat >here.conf <<END
venue: { binanceus: { environment = "local"; endpoint: { rest = "https://localhost:$port"; stream = "wss://localhost:$port"; }; ca_file = "rehearsal/ca.pem"; }; };
vault: { file = "vault"; passphrase = "file:pass"; };
END
paper() { # MORE...
    # shellcheck disable=SC2086
    $run "$outcry" paper "$strategy" --venue binanceus $at --cash '10000 USD' --listen none "$@"
}
# shellcheck disable=SC2086
refused() { # CODE WORDS MORE...
    code=$1 words=$2
    shift 2
    "$@" >out 2>err
    found=$?
    [ $found = "$code" ] || fail "$*: exit $found, expected $code: $(cat err)"
    grep -qF -- "$words" err || fail "$*: '$words' is not said: $(cat err)"
}
refused 3 "--symbol: binanceus does not list it: found 'btcusd', expected BTC/USD?" paper --symbol btcusd
refused 3 "binanceus does not list it: found 'NO/PE': \`outcry markets binanceus\` says what it lists" paper --symbol NO/PE
[ ! -e sessions ] || fail "what was refused has left a folder: $(ls sessions)"
refused 3 'venue.binanceus.instruments: it is not set: expected --symbol BTC/USDT' paper
refused 3 '--timeframe 1m' paper --symbol BTC/USD
refused 3 'expected a divisor of a day from 1s to 1d' paper --symbol BTC/USD --timeframe 7m
refused 3 'and no connector outcry.nowhere is installed' "$outcry" paper "$strategy" --venue nowhere --symbol BTC/USD --cash '1 USD'
"$outcry" markets binanceus eth --config here.conf >said || fail "markets: $(cat said)"
grep -q '^ETH/BTC ' said || fail "markets: $(cat said)"

# Two markets of many, with bars of a second.
run=exec
paper --symbol BTC/USD,ETH/USD --timeframe 1s --session feed --json >feed.json 2>err &
host=$! run=
until_ says 'indicators begin' err
sleep 5
kill -INT $host
wait $host || fail "paper ends with $?: $(cat err)"
host=
"$outcry" replay feed --diff >said 2>&1 || fail "the replay differs: $(cat said)" # without the configuration
"$outcry" replay feed --json | jq -e '.agrees and .differences == 0 and .recorded > 5 and .recorded_hash == .replayed_hash' >/dev/null || fail "replay --json"
run=exec
paper --symbol BTC/USD,ETH/USD --timeframe 1s --session feed --json >feed.json 2>err &
host=$! run=
until_ says 'going on' err
sleep 1
kill -INT $host
wait $host || fail "the restart ends with $?: $(cat err)"
host=

# Armed, with the key of that name in the vault.
printf 'a passphrase of a test' >pass
chmod 600 pass
"$outcry" keys add main --environment local --field api_key=file:rehearsal/main.key --field secret=file:rehearsal/main.secret --algorithm hmac-sha256 \
    --vault vault --passphrase file:pass >said 2>&1 || fail "keys: $(cat said)"
live() {
    # shellcheck disable=SC2086
    $run "$outcry" run "$strategy" --venue binanceus --symbol BTC/USD --timeframe 1m --live main --capital '500 USD' $at --max-order-value 100 --max-position 0.01 \
        --max-day-loss 25 --session live --listen none "$@"
}
refused 1 "expected the account's name, main" live
grep -q 'account main at binanceus, environment local' err || fail "the screen: $(cat err)"
run=exec
live --yes main 2>err &
host=$! run=
until_ says 'is compared' err
kill -INT $host
wait $host || fail "live ends with $?: $(cat err)"
host=
"$outcry" replay live --diff >said 2>&1 || fail "the replay of live differs: $(cat said)"
# Who asks when the minute is used up, by other processes of this machine, is told so and waits.
for _ in $(seq 80); do timeout 2 "$outcry" markets binanceus btc --config here.conf >out 2>err || break; done
grep -q 'binanceus: its limit weight has no room, [0-9]* of [0-9]* used: asked again at 20' err || fail "the limit: $(cat out err)"
echo "a venue is named, and what it trades"
