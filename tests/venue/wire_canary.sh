#!/bin/sh
# wire_canary.sh OUTCRY OUTCRY_VENUE: the network's log at its widest, in both forms: each request with how long it took, each message, what failed;
# and no secret, no signature and no key stands in it, in the log, the records, the reports and a core of the live process.
set -u
. "$(dirname "$0")/kit.sh"
. "$root/tests/keys/forms.sh"
start_venue --every 50ms
forms "$(cat rehearsal/main.secret)" | awk 'length > 7' | sort -u >patterns
signature='[0-9a-fA-F]{64}' # of HMAC-SHA256, as this venue wants it; nothing else of ours has 64 digits
has_secret() { grep -aFqf patterns "$1" || grep -aqE "$signature" "$1"; }
for one in $(head -n 3 patterns) "x$(printf %064d 7)"; do
    echo "a line with $one in it" >planted
    has_secret planted || fail "the search does not find what is planted: $one"
done
clean() { # FILES...
    for file in "$@"; do
        ! grep -aFqf patterns "$file" || fail "a secret stands in $file"
        ! grep -aqE "$signature" "$file" || fail "a signature stands in $file: $(grep -aoE ".{40}$signature" "$file" | head -n 1)"
    done
}

for form in text json; do
    conf main.conf
    printf 'log: { network = "all"; network_form = "%s"; };\n' $form >>main.conf
    echo 'fail answers of orders' >&8
    begin $form
    until_said 'not known\|[0-9]' $form/network.log
    until_said '503' $form/network.log
    until_said 'PATCH\|POST\|DELETE' $form/network.log
    for _ in $(seq 200); do [ "$(grep -c answered $form/network.log)" -ge 3 ] && break; sleep 0.05; done
    # A sanitizer's process is terabytes of address space: no core is made of it.
    if [ $form = text ] && command -v gcore >/dev/null && ! grep -q '^OUTCRY_[AT]SAN:BOOL=ON' "$(dirname "$outcry")/CMakeCache.txt"; then
        gcore -o core.live $pid >gcore.out 2>&1 && finds=$(grep -aFof patterns core.live.$pid | head -n 1)
        [ -z "${finds:-}" ] || fail "a secret stands in a core of the live process"
        rm -f core.live.*
    fi
    end $form
    clean err $form.err $form.json $form.report said
    find $form -type f >files
    while read -r file; do clean "$file"; done <files
    grep -q 'X-Key\|x-key' $form/network.log || fail "$form: no headers"
done
for words in 'plain request rest #[0-9]* request [0-9]* POST /v1/orders [0-9]* bytes | X-Key' 'plain answer rest #.* status 503 in [0-9.]* ms .*UNKNOWN_OUTCOME' \
    'plain answered #[0-9]* request [0-9]* in [0-9.]* ms' 'plain message stream [0-9]* [0-9]* bytes | {' 'plain send stream .*\*\*\*\*' 'plain up stream stream'; do
    grep -q -e "$words" text/network.log || fail "'$words' is not in the log: $(head -n 20 text/network.log)"
done
! grep -q '^1970' text/network.log || fail "a time before all time: $(head -n 1 text/network.log)"
jq -se 'map(select(.what == "answer" and .endpoint == "rest" and .status == 503 and (.text | fromjson).error.code == "UNKNOWN_OUTCOME")) | length >= 1' \
    json/network.log >/dev/null || fail "as objects: $(head -n 5 json/network.log)"
jq -se 'all(.[]; .venue == "plain" and (.time | type) == "string") and (map(select(.what == "answered" and .ms > 0)) | length >= 1)' json/network.log >/dev/null ||
    fail "as objects: $(head -n 5 json/network.log)"

# A key of eight letters or more is cut out, too. And what is said of errors alone.
printf 'main-reads' >reads.key && chmod 600 reads.key
conf main.conf
sed -i 's|file:rehearsal/main.key|file:reads.key|; s|file:rehearsal/main.secret|file:rehearsal/second.secret|' main.conf
begin reads --set log.network=all
until_said 'refuses the key' err
kill -INT $pid; wait $pid; pid=
grep -q 'BAD_SIGNATURE\|NO_SUCH_KEY' reads/network.log || fail "what was refused is not in the log"
! grep -q main-reads err reads/network.log || fail "a key stands in it: $(grep -h main-reads err reads/network.log | head -n 2)"
grep -q '"key":"\*\*\*\*\*\*\*\*\*\*"' reads/network.log || fail "the key was not cut out: $(grep login reads/network.log | head -n 2)"
conf main.conf
echo 'fail answers of orders' >&8
begin errors --set log.network=errors
until_said 'status 503' errors/network.log
end errors
! grep -q ' request rest \| message \| up ' errors/network.log || fail "more than errors: $(head -n 5 errors/network.log)"

"$outcry" run day.lua --venue plain --config main.conf --plugin plain="$w/plain.so" --session bad --set log.network=loud >said 2>&1 && fail "a level that there is not"
grep -q "log.network: .*found 'loud', expected off, errors, requests or all" said || fail "refused otherwise: $(cat said)"
[ ! -e bad/network.log ] || fail "a file of nothing"
echo quit >&8
wait $venue
venue=
echo "no secret in $(cat text/network.log json/network.log | wc -c) bytes of the network's log"
