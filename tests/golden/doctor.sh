#!/bin/sh
# doctor.sh OUTCRY: each thing that is wrong with a machine, an installation or a configuration is found, named, and said what to do about; what is
# fine is said too, the same in words and as JSON.
set -u
outcry=$1
build=$(cd "$(dirname "$outcry")" && pwd)
w=$(mktemp -d)
trap 'chmod -R u+rwx "$w"; rm -rf "$w"' EXIT
cd "$w" || exit 1
mkdir -m 700 home run
mkdir home/plugins sessions
export HOME="$w/home" XDG_DATA_HOME="$w/home" XDG_RUNTIME_DIR="$w/run"
unset OUTCRY_PLUGINS OUTCRY__RESEARCH__CHECKS OUTCRY__RESEARCH__TRIALS OUTCRY__HISTORY__WRITE # those of a test run
fail() { echo "FAIL $*"; exit 1; }
sees() { # CODE WHAT FINDING WORDS OPTIONS...
    code=$1 what=$2 finding=$3 words=$4
    shift 4
    "$outcry" doctor --json "$@" >out 2>err
    [ $? = "$code" ] || fail "$what, $finding: the exit code: $(cat out err)"
    jq -e --arg what "$what" --arg finding "$finding" --arg words "$words" \
        '[.findings[] | select(.what == $what and .finding == $finding and (.found | contains($words)))] | length > 0' out >/dev/null ||
        fail "$what, $finding: '$words' is not in: $(cat out)"
}
sees 0 program ok "$build"
sees 0 plugins ok ' of the installation, 0 others'
sees 0 configuration ok 'none: the defaults hold'
sees 0 sessions ok 'GiB left'
sees 0 consoles ok "$w/run/outcry"
sees 0 keys ok 'no vault yet'
jq -e '.faults == 0 and all(.findings[]; (.finding == "ok") == (.remedy == null))' out >/dev/null || fail "$(cat out)"
"$outcry" doctor >out 2>&1 || fail "in words: $(cat out)"
grep -q '^  ok  *plugins ' out && grep -q '^0 faults, [0-9]* doubts\{0,1\}$' out || fail "in words: $(cat out)"

echo 'not a plugin' >home/outcry_none.so
mkdir -p home/outcry/plugins && mv home/outcry_none.so home/outcry/plugins/none.so
sees 0 plugins doubt 'none.so is refused'
rm home/outcry/plugins/none.so
cp "$build/plugins/max_order_qty.so" home/outcry/plugins/again.so 2>/dev/null ||
    cp "$(find "$build/plugins" -name '*max_order_qty*.so' | head -n 1)" home/outcry/plugins/again.so
"$outcry" doctor --json >out 2>err
grep -q 'is there twice\|again.so' out err || fail "a shadow: $(cat out err)"
rm home/outcry/plugins/again.so

printf 'risk: { chain = ["max_order_qtty"]; };\nsim: { paper: { latency = "soon"; }; };\n' >bad.conf
sees 1 configuration fault "bad.conf" --config bad.conf
[ "$(jq '[.findings[] | select(.what == "configuration" and .finding == "fault")] | length' out)" -ge 2 ] || fail "not all faults: $(cat out)"
sees 1 sessions fault "$w/nothere" --session "$w/nothere/one"
chmod 755 run/outcry
sees 1 consoles fault 'run/outcry'
chmod 700 run/outcry
touch home/outcry/keys.vault
chmod 644 home/outcry/keys.vault
sees 1 keys fault 'may be read by others'
chmod 600 home/outcry/keys.vault
sees 0 keys ok 'of its owner alone'
(ulimit -l 0 && sees 0 'locked memory' doubt '0 bytes') || fail "locked memory"
[ -z "$(find . -name '.outcry-doctor')" ] || fail "a file is left"
echo "doctor: passed"
