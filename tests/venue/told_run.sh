#!/bin/sh
# told_run.sh OUTCRY_VENUE OUTCRY CC: alerts that need a venue or a disk: less than was said is free; a limit of the venue is near; the clock made a step, and is
# known again. Each is told once, and none before its time.
more=
face=binanceus
. "$(dirname "$0")/face_kit.sh"
cat >>main.conf <<END
alerts: { desk: { channel = "command"; command = ["sh", "$w/alert.sh"]; level = "info"; fold = "0s"; }; };
watch: { limit = "0.5"; };
END
printf 'head -n 1 >>"%s/alerts"\n' "$w" >alert.sh
: >alerts
cat >day.lua <<'END'
function on_start() end
END
cat >step.c <<'END'
/* The wall clock, an hour ahead from the moment that the file `step` is there. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
int clock_gettime(clockid_t clock, struct timespec *now)
{
    const long rc = syscall(SYS_clock_gettime, clock, now);
    if (rc == 0 && clock == CLOCK_REALTIME && access(getenv("STEP"), F_OK) == 0)
        now->tv_sec += 3600;
    return (int)rc;
}
END
"${3:-cc}" -shared -fPIC -O1 -o step.so step.c || fail 'step.c does not build'
export STEP="$w/step"
begin() { # SESSION MORE...
    session=$1
    shift
    : >host.log
    LD_PRELOAD="$w/step.so" "$outcry" run day.lua --venue binanceus --config main.conf --cash '100000 USD' --session "$session" --listen life.sock --json "$@" >"$session.json" 2>host.log &
    host=$!
    until_ says 'is compared' host.log
}
ends() {
    kill -INT $host
    wait $host || fail "the session ended with $?"
    host=
}
ask() { printf '%s\n' "$@" | "$outcry" console --attach life.sock --trade >console.log 2>&1; }
heard() { "$outcry" status --json 2>/dev/null | jq -e '.[0].status.last != null and .[0].status.feed_age_ns < 1000000000' >/dev/null; }
traded() { tell buy 0.0001 BTCUSD at the website of second; sleep 0.1; heard; }

# 1. Less is free than was said.
begin full --set watch.disk_mib=1073741824
until_ says '^alarm disk: [0-9]* MiB are free where the session is recorded' alerts
ends
: >alerts
begin free --set watch.disk_mib=0
until_ traded
sleep 1
says '^[a-z]* disk: ' alerts && fail "nobody asked for it: $(cat alerts)"
says '^[a-z]* clock: ' alerts && fail "its clock is known: $(cat alerts)"
says '^[a-z]* limit: ' alerts && fail "a limit is near too early: $(cat alerts)"

# 2. The clock of this machine is set forward, and the venue does not say its own.
tell fail requests of reads always
until_ says '^fail requests' said
: >step
until_ says '^alarm clock: the clock of binanceus is not known well enough: nothing that is signed by time is sent' alerts
"$outcry" status >screen
[ $? = 1 ] || fail "its clock is not known, and nothing is wrong: $(cat screen)"
tell calm
until_ says '^info clock: the clock of binanceus is known again' alerts
[ "$(grep -c '^alarm clock: ' alerts)" = 1 ] || fail "it is told more than once: $(cat alerts)"

# 3. Half of what may be sent in ten seconds, once the venue is compared again.
compared() { [ "$(grep -c 'is compared with what is known' host.log)" -ge 2 ]; }
until_ compared
ask 'for i = 1, 50 do buy(0.0002, { price = 58000 + i }) end'
until_ says '^warning limit: binanceus: [5-9][0-9] % of a limit are used' alerts

ends
tell quit
wait $pid || fail "the venue ends with $?"
pid=
echo "told: disk, limit and clock"
