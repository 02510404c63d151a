#!/bin/sh
# age_run.sh OUTCRY OUTCRY_VENUE: a venue that ends every stream at an age that its connector knows: the next connection is there before, so none is
# ended by the venue, no venue is lost, and no fill with it.
set -u
. "$(dirname "$0")/kit.sh"
start_venue --every 100ms # the venue lists its last 40 fills
conf main.conf 'stream_age = "5s";'
echo 'age 5s' >&8
until_said '^age: 5s' venue.log
begin age
for _ in $(seq 100); do
    console 'for _, v in ipairs(venues()) do print("succeeded", v.succeeded, #fills(500)) end' >said
    grep -q '^succeeded[[:space:]]*[2-9]' said && break
    sleep 0.1
done
grep -q '^succeeded[[:space:]]*[2-9]' said || fail "no stream has a successor: $(cat said)"
echo halt BTC/USDT >&8 # nothing is filled behind its back
sleep 0.3
end age
printf 'fills\nlist\n' >&8
until_said '^ledger: adds up' venue.log
grep -q '^streams end after 5s: 0 did' venue.log || fail "the venue has ended some: $(grep '^streams end' venue.log)"
jq -e '.venues | .lost == 0 and .unknown == 0' age.report >/dev/null || fail "the report: $(jq -c .venues age.report)"
there=$(grep -c '^[0-9]* main order [0-9]*: \(bought\|sold\)' venue.log)
[ "$there" -gt 0 ] && [ "$(jq .trades.fills age.report)" = "$there" ] || fail "filled here: $(jq .trades.fills age.report), there: $there"
echo quit >&8
wait $venue
venue=
echo "$there fills here and there, and no stream was ended by the venue"
