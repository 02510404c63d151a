#!/bin/sh
# author.sh SOURCE_DIR BUILD_DIR CC: what an author meets on the way, with the installation alone: skeletons under any name, a clock that
# moves in `plugin try`, a state that is too large for a checkpoint.
set -u
. "$1/tests/outside/house.sh"
cd "$w" || exit 1

# A name that C keeps for itself names a file and an id, and nothing in the source.
for kind in risk connector sim data; do
    for name in int main check; do
        mkdir -p $kind
        "$outcry" plugin new $kind $name $kind >out 2>&1 || fail "plugin new $kind $name: $(cat out)"
        (cd $kind/$name && make_plugin $name.c ${kind}_$name) || exit 1
        (cd $kind/$name && "$cc" -std=c11 $(pkg-config --cflags outcry) ${name}_test.c -o test && ./test >out 2>&1) ||
            fail "the test of $kind $name: $(cat $kind/$name/out)"
    done
done
"$outcry" plugin new risk a__b >out 2>&1 && fail "a name that no configuration takes is taken"
grep -q 'no double underscore' out || fail "a__b: $(cat out)"
echo "skeletons: any word that a configuration takes"

# B6: what is asked after a wait is asked then, without a price in between.
cat >clock.txt <<'END'
* price 100
* filled buy 1 @ 100
* filled sell 1 @ 90
* buy 1
= refuse COOLING_DOWN 0 against 300
* wait 1m
* buy 1
= refuse COOLING_DOWN 60 against 300
@ 2026-01-05T14:34:59Z
* buy 1
= refuse COOLING_DOWN 299 against 300
* wait 1s
* buy 1
= allow
END
"$outcry" plugin try so/rule_cooldown.so clock.txt --set losses=1 --set minutes=5 >out 2>&1 || fail "the clock of a try: $(cat out)"
echo "plugin try: the clock moves at once"

# B5: a state that no checkpoint takes: `plugin check` says so, and a run that uses it all the same names the rule.
sed 's/TRIPS_MAX = 256/TRIPS_MAX = 4096/' "$here/rule_cooldown.c" >large.c
"$cc" -std=c11 -O2 -shared $(pkg-config --cflags outcry) large.c -o so/large.so $(pkg-config --libs outcry) || fail "large.c does not build"
"$outcry" plugin check so/large.so >out 2>&1 && fail "a state that is too large is good"
grep -q 'org.example.cooldown: save: it failed' out || fail "a state that is too large: $(cat out)"
"$outcry" paper trips.lua --feed synthetic-bars:9000 --cash '10000 USDT' --session large --speed max --plugin heavy=so/large.so >out 2>&1 ||
    fail "it does not run: $(cat out)"
grep -q 'no checkpoint was written: the risk rule heavy saves more than 65536 bytes' out || fail "the rule is not named: $(cat out)"
echo "a state that is too large: named"
echo "outside_author: passed"
