#!/bin/sh
# plants.sh SOURCE BUILD CC OBJECTS: bugs that lose or double orders, planted one at a time into a copy of the host, are found by the
# simulated venue with the seeds that its test has. The rest of the program is as it was built. What simulated hours of a whole host find
# is planted there: fault/hours/plants.sh.
set -u
source=$1 build=$2 cc=$3 objects=$4
libraries="-Wl,--start-group $build/liboutcry_engine.a $build/liboutcry_io.a $build/liboutcry_session.a $build/liboutcry_feed.a
    $build/liboutcry_load.a $build/liboutcry_config.a $build/liboutcry_journal.a $build/liboutcry_script.a $build/liboutcry_base.a $build/tests/support/liboutcry_support.a -Wl,--end-group -lcmocka -llua5.4 -lconfig -lxxhash -lz -lm -ldl -lpthread"
w=$(mktemp -d)
trap 'rm -rf "$w"' EXIT
fail() { echo "plants: $*" >&2; exit 1; }
include="-I$source/tests -I$source/host -I$source/sdk/include"
count=0
plant() { # NAME FILE SED
    sed "$3" "$source/host/$2" >"$w/planted.c"
    cmp -s "$source/host/$2" "$w/planted.c" && fail "$1: nothing was planted: the line in $2 is another"
    # shellcheck disable=SC2086
    "$cc" -std=c11 -D_GNU_SOURCE -O1 -w $include -I"$source/host/$(dirname "$2")" -c "$w/planted.c" -o "$w/planted.o" 2>"$w/said" ||
        fail "$1 does not compile: $(head -5 "$w/said")"
    # shellcheck disable=SC2086
    "$cc" -fno-lto -o "$w/sim" $objects "$w/planted.o" $libraries 2>"$w/said" || fail "$1 does not link: $(head -5 "$w/said")"
    CMOCKA_TEST_ABORT=1 "$w/sim" >"$w/out" 2>&1 && fail "$1 survives" # the first word of it is enough
    grep -q 'seed [0-9]*: ' "$w/out" || fail "$1: it ends without naming a seed: $(tail -n 3 "$w/out")"
    printf '%-18s %s\n' "$1" "$(grep -o 'seed [0-9]*: .*' "$w/out" | head -1 | cut -c1-110)"
    count=$((count + 1))
}

plant left_is_not_there io/venue.c 's/happening->kind == IO_LOST, happening->why/false, happening->why/'
plant withdraws_left io/venue_request.c '/^void io_venue_withdraw/,/^}/ s/== IO_PENDING_WAITS/!= IO_PENDING_DONE/'
plant request_forgotten io/venue_call.c '/^static void undo/,/^}/ s/state = IO_PENDING_WAITS/state = IO_PENDING_DONE/'
plant ring_doubles io/venue_call.c '/^static void undo/,/^}/ s/queue_end(&venue->queue, false)/queue_end(\&venue->queue, true)/'
plant numbers_again engine/facts.c 's/engine->next_request = number;/engine->next_request = 0;/'
plant sums_twice engine/sums.c '/^oc_rc sums_replace/,/^}/ s/while (qty && said->oldest)/while (qty < 0)/'
plant late_fill_lost engine/answers.c '/^static oc_rc apply_fill/,/^}/ s/struct fill_key key = fill_key(said);/if (order \&\& state_is_final(order->state)) return OC_OK; &/'
plant page_forgotten io/venue_fetch.c '/^void io_fetch_failed/,/^}/ s/fetch->is_asked = false/fetch->is_asked = true/'
[ $count -ge 8 ] || fail "$count were planted"
echo "$count planted, $count found"
