#!/bin/sh
# portfolio_run.sh OUTCRY_VENUE OUTCRY: one session at three venues at once, the faces binanceus, coinbase and oanda: its portfolio is what the venues
# say, to the last unit, as one line for each thing; of two accounts one alone is used; one venue is lost, and comes back.
. "$(dirname "$0")/face_kit.sh"
faces='binanceus coinbase oanda'
groups='' pids=''
trap 'kill -9 $pids $host 2>/dev/null; rm -rf "$w"' EXIT
venue_of_tests=$venue
printf '#!/bin/sh\nname=$1\nshift\n[ "$name" = oanda ] && money="50000 USD" || money="10000 USD, 0.5 BTC"\nexec "%s" "$name" --money "$money" "$@"\n' "$venue_of_tests" >with_money
chmod 700 with_money
venue=$w/with_money
for face in $faces; do
    mkdir $face
    cd $face || exit 1
    at=$face/ face_open $face
    eval "pid_$face=$pid port_$face=$port"
    pids="$pids $pid" groups="$groups
$group"
    case $face in binanceus) exec 5>prompt ;; coinbase) exec 6>prompt ;; oanda) exec 7>prompt ;; esac
    cd ..
done
face=''
printf 'venue: {%s\n};\n' "$groups" >main.conf
touch said host.log err
cat >looks.lua <<'END'
strategy { name = "looks" }
-- What a strategy reads is what the console shows.
function on_init(m)
  every("200ms", function()
    local p = portfolio()
    local btc, eur = {}, nil
    for _, row in ipairs(p.rows) do
      if row.asset == "BTC" then btc = row end
      if row.asset == "EUR" then eur = row end
    end
    local down = {}
    for _, a in ipairs(p.accounts) do if not a.heard then down[#down + 1] = a.account end end
    log.info("net %s parts %s by %s eur %s equity %s down %s", btc.net, btc.parts and #btc.parts, btc.rate_by and btc.rate_by[1],
      eur and eur.net, p.equity and "known", table.concat(down, " "))
  end)
end
END
"$outcry" run looks.lua --venue binanceus,coinbase,oanda --config main.conf --cash '1 USD' --session trades --listen "$w/socket" --json >run.json 2>host.log &
host=$!
for face in $faces; do until_ says "outcry.$face is compared" host.log; done
console() { printf '%s\n' "$@" | "$outcry" console --attach "$w/socket" --trade; }
portfolio() { "$outcry" status --session trades --json | jq "[.[0].portfolio][0] | $1"; }
is() { [ "$(portfolio "$1")" = true ]; }

# Of the account in use alone, and refused where a market is of another venue.
console 'use binanceus/main' 'buy 0.01' 'use coinbase/main' 'buy 0.02' 'use binanceus/main' 'buy 100 EUR/USD:USD' 'sell 0.005' 'positions' 'balances' \
    'use coinbase/others' 'risk' 'flatten' 'use all' 'use oanda/main' 'buy 1000' 'orders' >said 2>&1
says '^binanceus:main alone is in use, until use all: ready, may trade' said || fail 'an account is not used'
says '^coinbase:main alone is in use' said || fail 'the other account is not used'
says 'error: buy: binanceus:main is in use, and EUR/USD:USD is a market of oanda' said || fail 'an order goes out by the account of another venue'
[ "$(grep -c '^coinbase:BTC/USD  coinbase:main' said)" = 0 ] || fail 'positions of another account are shown'
says '^USD .*binanceus:main' said && ! grep -q '^USD .*oanda:main' said || fail 'balances of another account are shown'
says "BAD_ACCOUNT: no account 'coinbase/others', did you mean 'coinbase/main'" said || fail 'an account that is not there'
says 'of the smallest buy, 0.00001 binanceus:BTC/USD' said || fail 'rules are asked of another account'
says 'of all accounts: binanceus:main is in use, and what ends risk is not held to it' said || fail 'flatten'
until_ is '[.rows[] | select(.asset == "EUR")] | length == 1'
console 'use binanceus/main' 'buy 0.013' 'use coinbase/main' 'buy 0.027' >said 2>&1
until_ is '.equity != null and ([.rows[] | select(.asset == "BTC") | .parts | length] == [2])'
sleep 0.5

# Each part is what its venue says, each line the sum of its parts, and equity that of all, exactly.
"$outcry" status --session trades --json >shown.json
parts() { # ASSET: what each account has of it, as text of the answer
    sed 's/.*"portfolio"://' shown.json | grep -o "\"asset\":\"$1\".*" | sed 's/"parts_left".*//' | grep -o '"account":"[a-z:]*","as":"balance","qty":[-0-9.]*' |
        sed 's/"account":"\([a-z]*\):\([a-z]*\)","as":"balance","qty":/\1\/\2 /' | sort
}
"$outcry" reconcile --config main.conf --json >theirs.json 2>err || fail "reconcile ends with $?"
jq -e '.missing == [] and (.venues | map(.venue) | sort) == ["binanceus", "coinbase", "oanda"]' theirs.json >/dev/null || fail "reconcile: $(cat theirs.json)"
for asset in BTC USD; do
    parts $asset >ours
    sed 's/.*"totals"://' theirs.json | grep -o "\"asset\":\"$asset\",\"total\":[-0-9.]*,\"parts\":\[[^]]*" | grep -o '"account":"[a-z/]*","total":[-0-9.]*' |
        sed 's/"account":"//; s/","total":/ /' | sort >them
    [ -s ours ] && cmp -s ours them || fail "$asset: it has $(cat ours), and the venues say $(cat them)"
    net=$(sed 's/.*"portfolio"://' shown.json | grep -o "\"asset\":\"$asset\",\"net\":[-0-9.]*" | sed 's/.*://')
    sum=$(awk '{ print $2 }' ours | paste -sd+ | bc -l)
    [ "$(echo "$net - ($sum) == 0" | bc -l)" = 1 ] || fail "$asset: $net is not the sum of $(cat ours)"
done
exact() { # NAMES: numbers of that name of the lines, or of the accounts, added up
    sed 's/.*"portfolio"://' shown.json | sed "$1" | grep -o "\"$2\":[-0-9.]*" | sed 's/.*://' | sed 's/^\(-\{0,1\}\)\./\10./' | paste -sd+ | sed 's/+-/-/g' | bc -l
}
equity=$(sed 's/.*"portfolio"://' shown.json | grep -o '"now":"[^"]*","equity":[-0-9.]*' | sed 's/.*://')
for sum in "$(exact 's/"next":.*//; s/"parts":\[[^]]*\]//g' equity)" "$(exact 's/.*"accounts"://; s/"risk".*//' equity)"; do
    [ "$(echo "($equity) - ($sum) == 0" | bc -l)" = 1 ] || fail "equity is $equity, and its parts are $sum"
done
is '.rows[] | select(.asset == "BTC") | .rate_by == ["binanceus:BTC/USD"] and .rate_heard and .rate_age_ns >= 0 and .rate_time != null' || fail 'a rate does not say where it is from'
is '.rows[] | select(.asset == "EUR") | .net == 1000 and .parts[0].as == "EUR/USD:USD" and .parts[0].account == "oanda:main"' || fail 'a position of a derivative is no line'
# The market stands still: the day has begun where all was known at its last price.
is '.unrealised != null and .fees != null and .realised != null and .profit != null and (.day == null or (.profit - .day) < 0.01)' || fail 'profit is not told'
console portfolio 'portfolio EUR' 'portfolio NONE' >said 2>&1
says '^  at [0-9,.]* by binanceus:BTC/USD, ' said || fail 'the console does not say where a rate is from'
says '^  at 0.9[0-9]* by oanda:EUR/USD:USD, ' said || fail 'another currency'
says "BAD_CURRENCY: portfolio: found 'NONE'" said || fail 'a currency of nobody'

# A venue is lost: its own part is as it was then, and the rest is as before; its price is gone by no longer.
kill -STOP $pid_binanceus
kill -9 $pid_binanceus
until_ is '.accounts[] | select(.account == "binanceus:main") | .heard == false and .state == "down" and .known != null'
until_ is '[.accounts[] | select(.heard)] | length == 2'
is '.rows[] | select(.asset == "BTC") | (.rate_by == ["coinbase:BTC/USD"] and .rate_heard and (.parts | length) == 2) and ([.parts[] | select(.heard | not) | .account] == ["binanceus:main"])' ||
    fail "a venue that is lost: $(portfolio '.rows[] | select(.asset == "BTC")')"
is '.equity != null' || fail 'equity is lost with a venue'
sleep 1
is '.accounts[] | select(.account == "binanceus:main") | .age_ns > 500000000' || fail 'what is known has no age'
console 'portfolio' 'buy 0.001 binanceus:BTC/USD' 'buy 0.001 coinbase:BTC/USD' >said 2>&1
says '^  binanceus:main, as of [0-9.]*s ago ' said || fail 'the console does not say how old it is'
says 'refused: VENUE_DOWN' said || fail 'an order for a venue that is lost'
says 'BUY 0.0010* coinbase:BTC/USD filled' said || fail 'the other venue does not trade'
"$outcry" status --session trades >said
says 'binanceus:main .*; not heard for ' said || fail 'status does not say it'
until_ says 'by coinbase:BTC/USD eur 1000.* equity known down binanceus:main' host.log
# One that cannot be asked is named, and not in the sums.
awk '/^  binanceus: /, /^  };/ { next } /^  coinbase: /, /^  };/ { if ($0 ~ /keys:/) next } { print }' main.conf >keyless.conf
"$outcry" reconcile --config keyless.conf >said 2>err && fail 'it reconciles without a key'
says '^coinbase could not be asked: .*has a key' said && says '^not in what follows: coinbase$' said && says '^  USD .*: oanda/main [0-9.]*$' said || fail 'reconcile of the rest'
kill -INT $host
wait $host
code=$?
[ $code -eq 0 ] || [ $code -eq 130 ] || fail "the session ended with $code"
host=
"$outcry" replay trades --diff >said 2>&1 || fail 'the replay differs'
echo quit >&6
echo quit >&7
wait $pid_coinbase && wait $pid_oanda || fail 'a venue ends badly'
for face in coinbase oanda; do says 'ledger: adds up' $face/said || fail "$face: the ledger does not add up"; done
echo "three venues as one, to the last unit"
