#!/bin/sh
# venue_info.sh OUTCRY OUTCRY_VENUE: `outcry venue info`: what a venue offers, whether its places are reached, its clock, the way there and back, what
# is used of its limits. Without a key, and with a word about each thing that is not so.
set -u
. "$(dirname "$0")/kit.sh"
info() { # CODE ARGUMENTS...: what it says is in `said` and `err`
    code=$1
    shift
    "$outcry" venue info "$@" --plugin plain="$w/plain.so" >said 2>err
    got=$?
    [ $got = "$code" ] || fail "venue info $*: exit code $got in place of $code: $(cat said)"
}
start_venue --market none
conf main.conf
sed -i 's/ keys: {.*; }; }; *$//; /^ *keys:/d' main.conf
rm rehearsal/main.key rehearsal/main.secret # it needs none
info 0 plain --config main.conf
grep -q '^plain: org.example.plain 0.1.0, environment local$' said || fail "who it is: $(cat said)"
grep -q '^  orders .*TYPE' said || fail "what it offers: $(cat said)"
grep -q "^  reached    rest https://localhost:$port: in [0-9.]* ms" said || fail "the first endpoint: $(cat said)"
grep -q "^             stream wss://localhost:$port: in [0-9.]* ms" said || fail "the second: $(cat said)"
grep -q '^  clock      [+-][0-9.]* ms from ours, within [0-9.]* ms, [0-9.]* s ago' said || fail "its clock: $(cat said)"
grep -q '^  round trip [0-9.]* ms at best' said || fail "the way: $(cat said)"
grep -q '^  used       weight: [0-9]* of 6000' said || fail "its limits: $(cat said)"
grep -q '^             orders: not known: it counts by account' said || fail "its limits: $(cat said)"
echo 'skew 3s' >&8
until_said '^skew' venue.log
info 0 plain --config main.conf --json
jq -e '[.endpoints[] | select(.reached and .connect_ms > 0)] | length == 2' said >/dev/null || fail "endpoints: $(cat said)"
jq -e '.clock.offset_ms > 2900 and .clock.offset_ms < 3100 and .clock.error_ms > 0 and .clock.error_ms < 100 and .clock.age_s < 10' said >/dev/null ||
    fail "clock: $(jq -c .clock said)"
jq -e '.round_trip | .best_ms > 0 and .best_ms <= .median_ms and .count >= 3' said >/dev/null || fail "round trip: $(jq -c .round_trip said)"
jq -e '.limits[0].used >= 6 and .limits[0].max == 6000 and .limits[1].used == null' said >/dev/null || fail "limits: $(jq -c .limits said)" # of both
jq -e '.orders[0].type == "limit" and (.orders[0].amends | index("price")) and (.can | index("signs the time")) and .connector == "org.example.plain"' said >/dev/null ||
    fail "what it offers: $(cat said)"
sed "s|wss://localhost:$port|wss://localhost:1|" main.conf >half.conf
info 4 plain --config half.conf
grep -q '^             stream wss://localhost:1: not reached: NETWORK$' said || fail "a place that is not there: $(cat said)"
grep -q '^  clock      [+-]' said || fail "the other one tells the time: $(cat said)"
printf 'no certificate\n' >bad.pem
sed 's|rehearsal/ca.pem|bad.pem|' main.conf >bad.conf
info 3 plain --config bad.conf
grep -q 'venue.plain.ca_file: it holds no certificate' err || fail "a wrong ca_file: $(cat err)"
info 3 other --config main.conf
grep -q 'no configuration has a group venue.other' err || fail "no such venue: $(cat err)"
sed '/link = /d; /endpoint:/d; /ca_file/d; s|accounts =|transcript = "day.txt"; accounts =|' main.conf >script.conf
info 0 plain --config script.conf
grep -q '^  reached    nothing: its link is a transcript' said || fail "a transcript: $(cat said)"
"$outcry" venue plain >said 2>err && fail "no verb is taken"
grep -q 'expected info and the name of one venue' err || fail "wrong words: $(cat err)"
echo quit >&8
wait $venue
venue=
info 4 plain --config main.conf --json
jq -e '([.endpoints[] | select(.reached)] | length == 0) and .clock == null and .round_trip == null and .endpoints[0].why == "NETWORK"' said >/dev/null ||
    fail "nobody is there: $(cat said)"
echo "told of itself"
