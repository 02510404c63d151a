#!/bin/sh
# wire.sh OUTCRY_VENUE: the program outcry-venue as a person has it, and what its faults are on the wire: curl and openssl meet a reset, half
# an answer, silence, certificates that are wrong; a stream in pieces, cut in the middle of a frame, open and dead. What it refuses to start with.
set -u
export LC_ALL=C
venue=$(realpath "$1")
w=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || kill -9 $pid 2>/dev/null; rm -rf "$w"' EXIT
trap 'exit 1' INT TERM
cd "$w" || exit 1
fail() { echo "wire: $*" >&2; [ -s said ] && tail -n 20 said >&2; exit 1; }
says() { # WORDS [FILE]: until it stands there
    for _ in $(seq 200); do grep -qa -e "$1" "${2:-said}" && return 0; sleep 0.05; done
    fail "'$1' is not said in ${2:-said}"
}
tell() { # LINE WORDS: a line at its prompt, until it has answered
    echo "$1" >&9
    says "$2"
}

# What cannot be, in words.
refused() { # CODE WORDS ARGUMENTS...
    code=$1 words=$2
    shift 2
    "$venue" "$@" </dev/null >refused 2>&1
    [ $? = "$code" ] || fail "$*: another code than $code"
    grep -q -e "$words" refused || fail "$*: $(cat refused)"
}
"$venue" --help | grep -q -e '--faults FILE' || fail "--help"
refused 2 "found 'nothing', expected plain, lines or jline"
refused 2 "did you mean plain?" plian
refused 2 "there is no option '--sed': did you mean --seed?" plain --sed 4
refused 2 "found 'lines' behind 'plain', expected one name" plain lines
refused 2 '--seed: found nothing behind it, expected N' plain --seed
refused 2 "found '70000', expected a number from 0 to 65535" plain --port 70000
refused 2 "found 'red', expected good, expired or other-name" plain --certificate red
refused 2 "found ' 5 DOGE', expected AMOUNT ASSET" plain --money '10000 USDT, 5 DOGE'
refused 2 "found '1us', expected a time from 1ms to 1h" plain --every 1us
refused 2 'none.csv' plain --market none.csv
printf 'drop answers 3\ndelay answers soon\n' >bad.faults
refused 2 "bad.faults: line 2: delay: found 'soon', expected a time, such as 200ms" plain --faults bad.faults
refused 2 'none.faults: No such file' plain --faults none.faults
mkdir broken && echo x >broken/ca.pem
refused 1 'remove both, and new ones are made' plain --folder broken --port 0

mkfifo in
printf 'fail requests of reads 1 # the first question of all\nat 1ms skew 0ms\n' >day.faults
"$venue" plain --port 0 --market none --faults day.faults <in >said 2>&1 &
pid=$!
exec 9>in
says '^account second'
port=$(sed -n 's/^listens: localhost:\([0-9]*\).*/\1/p' said)
refused 1 "port $port: nothing can listen there" plain --port "$port"
[ "$(stat -c %a rehearsal/main.secret rehearsal/ca.key | sort -u)" = 600 ] || fail "a secret is readable"
curl() { command curl -sS --cacert rehearsal/ca.pem -m 5 -o answer -w '%{http_code}' "$@" "https://localhost:$port/v1/time" 2>curl.err; }
meets() { # CODE STATUS: curl ends with the one, and was told the other
    status=$(curl)
    code=$?
    [ $code = "$1" ] && [ "$status" = "$2" ] || fail "curl ends with $code and $status, not with $1 and $2: $(cat curl.err)"
}
meets 0 503
meets 0 200
tell 'fail 1' '^fail answers:'; meets 0 503
tell 'reset answers' '^reset answers:'; meets 56 000
tell 'cut answers' '^cut answers:'; meets 18 200
tell 'reset connections always' '^reset connections:'
status=$(curl)
case $? in 7 | 35 | 56) ;; *) fail "a connection that was reset carries $status" ;; esac # as far as it had come
tell 'reset connections off' '^reset connections: off'; meets 0 200
tell 'delay answers 300ms' '^delay answers:'; meets 0 200
tell 'drop answers' '^drop answers:'
status=$(curl -m 0.5); [ $? = 28 ] || fail "an answer comes that was dropped: $status"
tell 'certificate expired' '^certificate: expired'; meets 60 000
grep -q 'certificate has expired' curl.err || fail "expired: $(cat curl.err)"
tell 'certificate other-name' '^certificate: other-name'; meets 60 000
grep -q 'no alternative certificate subject name matches' curl.err || fail "other-name: $(cat curl.err)"
tell 'maintenance on' '^maintenance: on'
tell calm '^nothing goes wrong any more'; meets 0 200

# A stream, by openssl: frames to the venue are masked with zeros, so they can be written down.
frame() { printf '\201'; printf "\\$(printf %o $((128 + ${#1})))"; printf '\000\000\000\000%s' "$1"; }
begin() { # a stream of depth; what it says is in `stream`
    rm -f to && mkfifo to
    openssl s_client -quiet -CAfile rehearsal/ca.pem -connect "localhost:$port" <to >stream 2>stream.err &
    client=$!
    exec 8>to
    printf 'GET /v1/stream HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n' >&8
    says 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=' stream
    frame '{"do":"subscribe","topic":"depth","symbol":"BTC/USDT"}' >&8
    says '"snapshot":true' stream
}
ends() { # CODES: the connection is over
    for _ in $(seq 200); do kill -0 $client 2>/dev/null || break; sleep 0.05; done
    kill -0 $client 2>/dev/null && fail "the stream does not end"
    exec 8>&-
    wait $client
}
begin
tell 'split messages' '^split messages:'
tell 'buy 0.01 BTC @ 50000 at the website' '1 main buy'
says "$(printf '\200')" stream # the head of a frame that goes on with a message
tell 'cut messages' '^cut messages:'
tell 'buy 0.01 BTC @ 50001 at the website' '2 main buy'
ends
grep -qa '50001' stream && fail "the whole message came" # it stands in the other half
begin
tell restart '^all streams are reset'
ends
begin
tell 'half-open streams' '^half-open streams:'
tell 'buy 0.01 BTC @ 50002 at the website' '3 main buy'
frame '{"do":"ping"}' >&8
meets 0 200
kill -0 $client 2>/dev/null || fail "a half-open stream ends"
grep -qa -e 50002 -e pong stream && fail "a half-open stream says something"
kill $client
exec 8>&-
wait $client 2>/dev/null
tell faults 'happened: half-open streams 1'
tell list 'ledger: adds up'
tell sed "there is no word 'sed'"
echo quit >&9
wait $pid || fail "it ends with $?"
pid=
grep -q '3 orders asked for, 0 fills; ledger: adds up' said || grep -q '0 orders asked for, 0 fills; ledger: adds up' said || fail "its last words"

# Started again in the same folder it is trusted by who trusted it, and knows the same keys.
cp rehearsal/main.secret kept
"$venue" plain --port "$port" </dev/null >said 2>&1 &
pid=$!
says '^account second'
meets 0 200
cmp -s kept rehearsal/main.secret || fail "the secret is another"
kill -INT $pid
wait $pid || fail "it ends with $?"
pid=
echo "on the wire: reset, cut, late, silent, expired, of another name, in pieces, half-open"
