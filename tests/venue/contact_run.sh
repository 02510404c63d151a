#!/bin/sh
# contact_run.sh OUTCRY OUTCRY_VENUE: what a venue says is said on: a key that it refuses, an outcome that nobody knows, a wait that it asks for.
# In the log, at a console, as an alarm, in the report of the run and in that of its records.
set -u
. "$(dirname "$0")/kit.sh"

# The outcome of an order is not known, in words; each is asked about, and nothing is sent twice.
start_venue --every 20ms
conf main.conf
cat >>day.lua <<'END'
function on_order(m, o) if o.state == "UNKNOWN" then log.info("not known: %s", o.reason) end end
END
echo 'fail answers of orders 1 in 2' >&8
begin rough
until_said 'not known: UNKNOWN_OUTCOME' err
for _ in $(seq 300); do [ "$(grep -c 'not known' err)" -ge 2 ] && break; sleep 0.05; done
echo calm >&8
for _ in $(seq 200); do # its clients ids are asked about when the venue had time: 6 s
    console 'for _, v in ipairs(venues()) do print("unknown", v.unknown, v.unknown_open, v.sent) end' >said
    grep -q '^unknown[[:space:]][1-9][0-9]*[[:space:]]0[[:space:]]' said && break
    sleep 0.2
done
grep -q '^unknown[[:space:]][1-9][0-9]*[[:space:]]0[[:space:]]' said || fail "not cleared up: $(cat said)"
console 'for _, v in ipairs(venues()) do print("clock", v.clock.error_ms > 0, v.clock.age_s >= 0, v.limits[1].limit, v.limits[1].used > 0, v.limits[1].max, v.streams_ready) end' >said
grep -q '^clock[[:space:]]true[[:space:]]true[[:space:]]weight[[:space:]]true[[:space:]]6000[[:space:]]2' said || fail "clock and limits: $(cat said)"
end rough
jq -e '.venues | .sent > 2 and .unknown >= 2 and .unknown_open == 0 and .unknown == .unknown_found + .unknown_ended + .unknown_absent' rough.json >/dev/null ||
    fail "rough: $(jq -c .venues rough.json)"
[ "$(jq -c .venues rough.json)" = "$(jq -c .venues rough.report)" ] || fail "its records say otherwise: $(jq -c .venues rough.report)"
jq -e '[.refusals[] | select(.what == "denied" and .reason != "VENUE_SYNCING")] == []' rough.json >/dev/null || # a tick of before it is compared
    fail "denied: $(jq -c .refusals rough.json)"
grep -q 'plain: [0-9]* requests sent.* of unknown outcome' rough.err || fail "the end counts nothing: $(tail -n 3 rough.err)"
"$outcry" report rough >said && grep -q 'orders of which nobody knew what had become' said || fail "the page of the report: $(cat said)"

# A wrong secret.
printf 'not-the-secret-of-main-0123456789' >wrong.secret
chmod 600 wrong.secret
sed -i 's|file:rehearsal/main.secret|file:wrong.secret|' main.conf
begin wrong
until_said 'refuses the key of account main: BAD_CREDENTIALS' err
until_said 'the venue refuses the key of this account' err
console 'buy 0.001 BTC/USDT @ 100' venues >said
grep -q VENUE_DENIES_LOGIN said || fail "an order under a refused key: $(cat said)"
grep -q 'plain.*connector.*denied.*BAD_CREDENTIALS' said || fail "venues do not show it: $(cat said)"
end wrong
[ "$(grep -c 'refuses the key of account main' wrong.err)" = 1 ] || fail "it is said more than once"
jq -e '.venues.keys_refused == 1 and .venues.sent == 0' wrong.report >/dev/null || fail "wrong: $(jq -c .venues wrong.report)"

# It asks to be left alone: so it is, and that is counted as it was said.
sed -i 's|file:wrong.secret|file:rehearsal/main.secret|' main.conf
echo 'limit requests 2s of orders' >&8
begin limited
until_said 'endpoint rest: status 429: nothing but cancels is sent there until' err
echo 'ban requests 2s of orders' >&8
until_said 'endpoint rest: status 418: banned, nothing is sent until' err
console 'for _, v in ipairs(venues()) do print("waits", v.wait_until, v.told_to_wait, v.banned) end' >said
grep -q '^waits[[:space:]]20.*[[:space:]]2[[:space:]]true' said || fail "the wait is not shown: $(cat said)"
sleep 2
end limited
jq -e '.venues | .told_to_wait == 2 and .waited_ms > 3900 and .waited_ms < 4100 and .limit_waits == 0' limited.report >/dev/null ||
    fail "limited: $(jq -c .venues limited.report)"
jq -e '.refusals | map(select(.what == "rejected" and (.reason == "RATE_LIMIT" or .reason == "BANNED"))) | length >= 2' limited.report >/dev/null ||
    fail "limited: $(jq -c .refusals limited.report)"
[ "$(jq -c .venues limited.json)" = "$(jq -c .venues limited.report)" ] || fail "its records say otherwise"
echo quit >&8
wait $venue
venue=
echo "said on: $(jq -c .venues rough.report)"
