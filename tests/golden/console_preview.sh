#!/bin/sh
# console_preview.sh OUTCRY (U1): what a preview says is what the order is then told; the same of `outcry risk check`.
name="console preview"
. "$(dirname "$0")/console_kit.sh"

# asked ORDER: what a preview says of it in a paused console, and then what becomes of the order itself within two bars
asked() {
    printf 'step 3\npreview %s\n%s\nstep 2\norders("all")\n' "$1" "$1" |
        "$outcry" console --feed synthetic-bars:50 --paused --cash '10000 USDT' >"$work/out" 2>&1
}
# both ORDER PREVIEW OUTCOME
both() {
    asked "$1"
    for words in "$2" "$3"; do
        tr -s ' ' <"$work/out" | grep -q -- "$words" || { say "U1: '$words' is not in what is said of $1:"; cat "$work/out"; }
    done
}
both 'sell 1 BTC/USDT' 'would be refused by the host: INSUFFICIENT_FUNDS: 1 against a limit of 0' 'refused: INSUFFICIENT_FUNDS'
both 'buy 0.1 BTC/USDT @ 37200 post' 'the venue would say: POST_ONLY_WOULD_CROSS' ' rejected '
both 'buy 0.1 BTC/USDT @ 30000 post' 'would be allowed' ' accepted '
both 'buy 0.1 BTC/USDT stop 39000' 'would be refused by the host: STOP_LOSS_ON_WRONG_SIDE' 'refused: STOP_LOSS_ON_WRONG_SIDE'
both 'buy 0.1 BTC/USDT target 30000' 'would be refused by the host: TAKE_PROFIT_ON_WRONG_SIDE' 'refused: TAKE_PROFIT_ON_WRONG_SIDE'
both 'buy 0.1 BTC/USDT @ 30000 ioc' 'the venue would say: IMMEDIATE_OR_CANCEL' ' canceled '
both 'buy 0.1 BTC/USDT @ 30000 fok' 'the venue would say: FILL_OR_KILL_NOT_FILLED' ' expired '
both 'buy 0.1 BTC/USDT @ 37200 fok' 'would be allowed' ' filled '
both 'buy 1 BTC/USDT @ 30000' 'would be refused by the host: INSUFFICIENT_FUNDS: 30,000 against a limit of 10,000' 'refused: INSUFFICIENT_FUNDS'
both 'buy 0.1 BTC/USDT trigger 40000' 'waits for 40,000.00' ' accepted '
both 'buy 0.1 BTC/USDT trigger 30000' 'book walk 0.1000 @' ' filled '
both 'sell 0.1 BTC/USDT reduce' 'the venue would say: REDUCE_ONLY_WOULD_INCREASE_POSITION' ' rejected '
# loss at the stop, its share of equity, reward to risk
asked 'buy 0.1 BTC/USDT @ 37200 stop 36000 target 39000'
has "$work/out" 'at the stop    -114.37 USDT, -1.14% of equity'
has "$work/out" 'at the target  185.63 USDT, 1.62 for 1 at risk'

# judged CODE WORDS ARGUMENTS...
judged() {
    code=$1
    words=$2
    shift 2
    "$outcry" risk check "$@" >"$work/out" 2>&1
    exits $? "$code" "U1: risk check $*"
    tr -s ' ' <"$work/out" | grep -q -- "$words" || { say "U1: '$words' is not in what is said of $*:"; cat "$work/out"; }
}
judged 5 'account REFUSES INSUFFICIENT_FUNDS: 1 against 0' sell 1 BTC/USDT @ 60000 --cash '10000 USDT'
judged 0 allowed sell 1 BTC/USDT @ 60000 --cash '10000 USDT, 1 BTC'
judged 0 allowed sell 1 BTC/USDT @ 60000 --cash '10000 USDT' --allow-short
judged 5 'account REFUSES INSUFFICIENT_FUNDS: 60000 against 10000' buy 1 BTC/USDT @ 60000 --cash '10000 USDT'
judged 5 'account REFUSES INSUFFICIENT_FUNDS: 10008.999 against 10000' buy 0.1 BTC/USDT @ 99990 --reference 100000 --cash '10000 USDT' --fee taker=0.1%
judged 0 allowed buy 0.1 BTC/USDT @ 99990 --reference 100000 --cash '10000 USDT'
judged 5 'instrument REFUSES PRICE_NOT_POSITIVE' buy 1 BTC/USDT @ 0
[ $bad = 0 ] && echo "what a preview says is what the order is told"
exit $bad
