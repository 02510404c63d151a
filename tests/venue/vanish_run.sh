#!/bin/sh
# vanish_run.sh OUTCRY OUTCRY_VENUE [SECONDS]: the network vanishes for so long (1; by hand: 60) and is there again, in a namespace of its own: no order
# is lost and none is doubled, and trading goes on. Skipped where namespaces are not to be had.
set -u
if [ -z "${VANISH_INSIDE:-}" ]; then
    unshare -rn ip link set lo up 2>/dev/null || { echo "vanish_run: no network namespaces here: skipped"; exit 77; }
    exec env VANISH_INSIDE=1 unshare -rn sh "$0" "$@"
fi
seconds=${3:-1}
ip link set lo up
. "$(dirname "$0")/kit.sh"
start_venue --every 50ms # the venue lists its last 40 fills
conf main.conf
asked() { # orders, as the venue counts them
    echo list >&8
    sleep 0.1
    sed -n 's/.* messages, \([0-9]*\) orders asked for.*/\1/p' venue.log | tail -n 1
}
goes_on() { # WHEN
    before=$(asked)
    for _ in $(seq 450); do [ "$(asked)" -ge $((before + 4)) ] && return 0; done
    fail "nothing is asked for $1: $before, $(asked)"
}
begin vanish
goes_on 'at first'
ip link set lo down
sleep "$seconds"
ip link set lo up
goes_on 'when it is there again'
echo halt BTC/USDT >&8 # nothing is filled behind its back
sleep 0.5
end vanish
printf 'fills\nlist\n' >&8
until_said '^ledger: adds up' venue.log
there=$(grep -c '^[0-9]* main order [0-9]*: \(bought\|sold\)' venue.log)
[ "$there" -gt 0 ] && [ "$(jq .trades.fills vanish.report)" = "$there" ] || fail "filled here: $(jq .trades.fills vanish.report), there: $there"
jq -e '.venues.unknown_open == 0' vanish.report >/dev/null || fail "not cleared up: $(jq -c .venues vanish.report)"
if [ "$seconds" -gt 20 ]; then # streams are dead by then, and known to be
    jq -e '.venues.lost >= 1' vanish.report >/dev/null || fail "nobody noticed: $(jq -c .venues vanish.report)"
fi
echo quit >&8
wait $venue
venue=
echo "away for $seconds s: $there fills here and there, $(jq -c .venues vanish.report)"
