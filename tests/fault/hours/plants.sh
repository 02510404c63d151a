#!/bin/sh
# plants.sh SOURCE BUILD CC HOURS_OBJECTS PLUGIN_OBJECTS [NAME]: bugs that lose or double orders, planted one at a time into a copy of the host or of a
# connector (whose objects are among PLUGIN_OBJECTS), are found by simulated hours, within the hours that one run of CI has. The rest is as it was built.
# NAME: that one alone.
set -u
source=$1 build=$2 cc=$3 objects=$4 plugin=$5 only=${6:-}
rooms="cli history console tell serve replay recover steer report session io feed script engine journal load config base"
libraries="$build/tests/support/liboutcry_support.a $build/tests/venue/rehearsal/librehearsal.a -Wl,--start-group"
for room in $rooms; do libraries="$libraries $build/liboutcry_$room.a"; done
libraries="$libraries -Wl,--end-group -ljson-c -ledit -llua5.4 -lconfig -lxxhash -lcrypto -lz -lm -ldl -lpthread"
w=$(mktemp -d)
trap 'rm -rf "$w"' EXIT
trap 'exit 1' INT TERM
fail() { echo "plants: $*" >&2; exit 1; }
mkdir "$w/of" # not `plugins`: a program takes those beside it for its own
ln -s "$build/plugins/risk" "$w/of/risk"
count=0
planted() { # NAME FILE SED [SED]: the copy with the bug, compiled
    sed -e "$3" ${4:+-e "$4"} "$source/$2" >"$w/planted.c"
    cmp -s "$source/$2" "$w/planted.c" && fail "$1: nothing was planted: the line in $2 is another"
    "$cc" -std=c11 -D_GNU_SOURCE -DOUTCRY_RELEASE=1 -fPIC -fvisibility=hidden -O1 -w -I"$source/tests" -I"$source/host" -I"$source/sdk/include" -isystem /usr/include/lua5.4 \
        -isystem /usr/include/json-c -I"$source/$(dirname "$2")" -c "$w/planted.c" -o "$w/planted.o" 2>"$w/said" || fail "$1 does not compile: $(head -5 "$w/said")"
}
found() { # NAME PROGRAM PLUGINS VENUES
    if "$2" "$3" --venues "$4" --hours "${HOURS:-2000}" --jobs 2 --stop >"$w/out" 2>&1; then fail "$1 survives"; fi
    grep -q '^seed [0-9]*: .*again: ' "$w/out" || fail "$1: it ends without naming a seed: $(tail -n 3 "$w/out")"
    grep -q '^seed [0-9]*: .*it does not begin' "$w/out" && fail "$1: nothing was tried: $(grep '^seed' "$w/out" | head -1)"
    printf '%-22s %s\n' "$1" "$(grep -o '^seed [0-9]*: [^;]*' "$w/out" | head -1 | cut -c1-150)"
    count=$((count + 1))
}
host() { # NAME FILE SED
    [ -z "$only" ] || [ "$only" = "$1" ] || return 0
    planted "$@"
    # shellcheck disable=SC2086
    "$cc" -fno-lto -o "$w/hours" -Wl,--wrap=state_next,--wrap=kill_seal_write $objects "$w/planted.o" $libraries 2>"$w/said" || fail "$1 does not link: $(head -5 "$w/said")"
    found "$1" "$w/hours" "$build/plugins" binanceus
}
connector() { # NAME VENUE FILE SED [SED]
    [ -z "$only" ] || [ "$only" = "$1" ] || return 0
    planted "$1" "plugins/connector/$2/$3" "$4" "${5:-}"
    others=
    for object in $plugin; do
        case $object in
        *"/$2/$3.o") ;;
        *"/$2/"*) others="$others $object" ;;
        esac
    done
    mkdir -p "$w/of/connector"
    # shellcheck disable=SC2086
    "$cc" -fPIC -nostartfiles -shared -Wl,-z,defs -o "$w/of/connector/$2.so" $others "$w/planted.o" -lc 2>"$w/said" ||
        fail "$1 does not link: $(head -5 "$w/said")"
    found "$1" "$build/tests/fault/hours/hours" "$w/of" "$2"
    rm "$w/of/connector/$2.so"
}

"$build/tests/fault/hours/hours" "$build/plugins" --venues binanceus --hours 20 --jobs 2 >"$w/out" 2>&1 || fail "without any plant: $(tail -n 3 "$w/out")"
host blind_resend host/io/venue_request.c '/^static void unknown/,/^}/ s/IO_PENDING_DONE/IO_PENDING_WAITS/'
host unknown_dropped host/io/venue_request.c '/^static void unknown/,/^}/ s/(void)io_say(venue, &answer.head);//'
host fills_twice host/engine/answers.c '/^static oc_rc apply_fill/,/^}/ s/if (!is_new)/if (false)/'
host ids_reused host/io/client_id.c 's/put(ret_id->text + before, ORDER_DIGITS, order)/put(ret_id->text + before, ORDER_DIGITS, order \& ~(uint64_t)1)/'
host snapshot_race host/engine/depth.c 's/return change->first_seq <= next ? FOLLOWS : FOLLOWS_NOT;/return FOLLOWS;/'
connector listen_key_forgotten binanceus life.c 's/.keep_ns = KEEP_NS/.keep_ns = 100 * KEEP_NS/'
connector half_for_whole binanceus orders.c '/^static oc_rc answer_halves/,/^}/ s/return kit_canceled(&bn->kit, ask, source, refusal->why, words, done);/return kit_answer(\&bn->kit, ask, source, OC_EV_AMENDED, OC_WHY_NONE, words, NULL, \&ask->client_new);/'
host clock_ignored host/io/venue_services_world.c 's/io_venue_now(venue) + best.offset_ns/io_venue_now(venue)/'
connector lost_fill_unnoticed binanceus shapes.c '/^oc_rc bn_say_fill/,/^}/ s/    oc_rc rc;/    if (ask) return OC_OK;\n&/'
connector token_outlives_doubt coinbase describe.c 's/.absence_ns = (TOKEN_S + 10) . SECOND/.absence_ns = 10 * SECOND/'
connector failure_is_no coinbase orders.c '/^oc_rc cb_answer_request/,/^}/ s/in->status >= 500 || //'
connector transactions_missed oanda transactions.c 's/if (before \&\& number > before + !is_beat)/if (0)/'
[ "$only" != stale_view_believed ] || host stale_view_believed host/engine/order_ids.c 's/return event->type == OC_EV_ORDER && time_of(event)/return false \&\& time_of(event)/' # by name alone: rare
[ -n "$only" ] || [ $count -ge 12 ] || fail "$count were planted"
echo "$count planted, $count found"
