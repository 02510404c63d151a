#!/bin/sh
# run_check.sh SOURCE_DIR BUILD_DIR CC: `plugin check` runs what it loads, in a child: each fault that only shows when it runs is named
# with plugin and call, and neither a crash nor a loop ends the verb itself. Every plugin of ours and of the examples passes.
set -u
source=$1
build=$2
cc=$3
outcry=$(realpath "$build")/outcry
w=$(mktemp -d)
trap 'rm -rf "$w"' EXIT
fail() {
    echo "FAIL $*" >&2
    exit 1
}
sanitized=
grep -q '^OUTCRY_[AT]SAN:BOOL=ON' "$build/CMakeCache.txt" && sanitized=yes

make_rule() { # FAULT
    "$cc" -std=c11 -O1 -shared -fPIC -fvisibility=hidden -DFAULT="$1" -I"$source/sdk/include" "$source/tests/abi/probe/rule.c" \
        -o "$w/rule$1.so" || fail "fault $1 does not build"
}
check() { # FAULT WORDS
    make_rule "$1"
    "$outcry" plugin check "$w/rule$1.so" >"$w/out" 2>&1
    code=$?
    [ $code = 1 ] || fail "fault $1: exit code $code: $(cat "$w/out")"
    grep -q -- "$2" "$w/out" || fail "fault $1: '$2' is not said: $(cat "$w/out")"
    grep -q ': good:' "$w/out" && fail "fault $1 is good all the same"
    echo "fault $1: $(tail -n 1 "$w/out" | cut -c1-100)"
}
make_rule 0
"$outcry" plugin check "$w/rule0.so" >"$w/out" 2>&1 || fail "a good rule: $(cat "$w/out")"
grep -q 'rule0.so: good: 1 plugin' "$w/out" || fail "a good rule: $(cat "$w/out")"
check 1 'org.example.probed: check: it writes to variables of its file'
check 2 'org.example.probed: check: it changes its state'
check 3 'org.example.probed: check: asked twice it gives two answers'
check 6 'org.example.probed: check: it refuses without a reason'
check 7 'org.example.probed: load: saved again it is other bytes'
check 8 'org.example.probed: open: '
# B4: answers are judged as a host judges them, to questions that make the rule give them; and asked from the last to the first.
check 9 'check: it answers allowed = 7, which is neither 0 nor 1'
check 10 'check: it returns 7, which is neither OC_OK nor an error'
check 11 'check: asked in another order it gives another answer (now ENOUGH)'
check 12 "check: it refuses with 'too much', which is no stable word"
check 13 'check: its reason A_WORD.*_CUT_ fills all 47 bytes and may be cut'
if [ -z "$sanitized" ]; then
    check 4 'it crashed while it was loaded or run (signal 11)'
    grep -q 'plugin org.example.probed crashed .* in its call check' "$w/out" || fail "the crash does not name the call: $(cat "$w/out")"
    check 5 'did not come back for 10 s'
    grep -q 'plugin org.example.probed .* in its call check' "$w/out" || fail "the loop does not name the call: $(cat "$w/out")"
fi
for file in "$build"/plugins/*/*.so "$build"/sdk/examples/*.so; do
    set --
    case $file in
    */maxqty.so | */exposure.so | */spread_halt.so | */max_drawdown.so) set -- --set limit=1 ;;
    */cooldown.so) set -- --set pause=1h ;;
    */max_open.so) set -- --set count=3 ;;
    */ramp.so) set -- --set steps=25,50 ;;
    */universe.so) set -- --set turnover=1000 ;;
    */allow_list.so) set -- --set symbols=BTC/USDT ;;
    */volatility_halt.so) set -- --set move=3% ;;
    */expression.so) set -- --set allow='qty < 5' ;;
    esac
    "$outcry" plugin check "$file" "$@" >"$w/out" 2>&1 || fail "$file: $(cat "$w/out")"
    grep -q 'was not run' "$w/out" && fail "$file was not run: $(cat "$w/out")"
done
# P12: what a connector need not have (subscribe) is not called; the loopback has none.
"$outcry" plugin check "$build/sdk/examples/loopback.so" >"$w/out" 2>&1 || fail "P12: a connector without subscribe: $(cat "$w/out")"
"$outcry" plugin check "$w/rule0.so" --set limit >"$w/out" 2>&1
[ $? = 2 ] || fail "--set without a value: $(cat "$w/out")"
# Values are held against the keys that a plugin declares: none is taken in silence, by `check` or by `try`.
drawdown=$build/plugins/risk/max_drawdown.so
echo '* buy 1' >"$w/try.txt"
values() { # --set VALUE WORDS
    for verb in check try; do
        "$outcry" plugin $verb "$drawdown" $([ $verb = try ] && echo "$w/try.txt") --set "$1" >"$w/out" 2>&1
        [ $? = 3 ] || fail "$verb takes $1, or calls it the file's fault"
        grep -q -- "$2" "$w/out" || fail "$verb --set $1: $(cat "$w/out")"
        grep -q 'was not run' "$w/out" && fail "$verb --set $1 is no key that is missing: $(cat "$w/out")"
    done
}
values limt=5 "limt: plugin outcry.max_drawdown has no such key.*did you mean 'limit'?"
values limit=x "limit: found 'x', expected a decimal"
values share=2 "share: found '2'"
for word in --help --json; do
    "$outcry" plugin check "$word" >"$w/out" 2>&1
    [ $? = 2 ] && grep -q '^usage: outcry plugin check' "$w/out" || fail "plugin check $word: $(cat "$w/out")"
done
"$outcry" plugin check "$drawdown" >"$w/out" 2>&1 || fail "a rule without its key: $(cat "$w/out")"
grep -q 'note: .* was not run' "$w/out" || fail "a rule without its key: $(cat "$w/out")"

# A13: bits of its headers flipped: what still loads and crashes does so in a child, and the verb says it.
flips=0
for at in $(seq 0 7 700); do
    byte=$(od -An -tu1 -j "$at" -N 1 "$w/rule0.so" | tr -d ' ')
    cp "$w/rule0.so" "$w/flipped.so"
    # shellcheck disable=SC2059
    printf "\\$(printf %03o $((byte ^ (1 << at % 8))))" | dd of="$w/flipped.so" bs=1 seek="$at" conv=notrunc 2>/dev/null
    "$outcry" plugin check "$w/flipped.so" >"$w/out" 2>&1
    code=$?
    [ $code -le 1 ] || fail "A13: byte $at: exit code $code: $(cat "$w/out")"
    flips=$((flips + 1))
done
echo "A13: $flips flipped headers, the verb stands"
echo "run_check: passed"
