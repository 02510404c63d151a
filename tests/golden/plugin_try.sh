#!/bin/sh
# plugin_try.sh BUILD_DIR: `plugin try` on the example of each kind: the script beside it passes, what is expected and does not come
# fails with its line, in words and as JSON; what a script cannot say is refused; a crash is one of the child.
set -u
cd "$(dirname "$0")/../.." || exit 1
build=$1
outcry=$build/outcry
w=$(mktemp -d)
trap 'rm -rf "$w"' EXIT
fail() {
    echo "FAIL $*" >&2
    exit 1
}
for pair in risk_maxqty:maxqty risk_afterfill:afterfill connector_loopback:loopback sim_nextopen:nextopen data_binbars:binbars; do
    so=$build/sdk/examples/${pair#*:}.so script=sdk/examples/${pair%:*}/try.txt
    set --
    [ "${pair#*:}" = maxqty ] && set -- --set limit=0.5
    "$outcry" plugin try "$so" "$script" "$@" >"$w/out" 2>&1 || fail "$pair: $(cat "$w/out")"
    grep -q ' 0 differ$' "$w/out" || fail "$pair: $(cat "$w/out")"
    "$outcry" plugin try "$so" "$script" "$@" --json >"$w/json" 2>"$w/err" || fail "$pair --json: $(cat "$w/err")"
    [ "$(jq -c '[.good, .differences, (.expected > 0), (.lines | all(has("line") and has("did") and has("came")))]' "$w/json")" = \
        '[true,0,true,true]' ] || fail "$pair --json: $(cat "$w/json")"
    # Each expected answer in turn is spoiled: it is named with its line.
    for line in $(grep -n '^=' "$script" | cut -d: -f1); do
        sed "${line}s/\$/ not/" "$script" >"$w/try.txt"
        "$outcry" plugin try "$so" "$w/try.txt" "$@" >"$w/out" 2>&1 && fail "$pair: line $line is not held against anything"
        grep -q "try.txt:$line: expected .* not, found " "$w/out" || fail "$pair: line $line: $(cat "$w/out")"
    done
    # A `>` line of a connector that is not sent as it says.
    for line in $(grep -n '^>' "$script" | cut -d: -f1); do
        sed "${line}s/\$/ not/" "$script" >"$w/try.txt"
        "$outcry" plugin try "$so" "$w/try.txt" >"$w/out" 2>&1 && fail "$pair: line $line is not compared with what was sent"
        grep -q "line $line: sent " "$w/out" || fail "$pair: line $line: $(cat "$w/out")"
    done
    for words in '* dance' '* buy' '* buy x' '* buy 1 @' '* cancel' '* bar 1 2' '* ' '? x' 'x'; do
        echo "$words" >"$w/try.txt"
        "$outcry" plugin try "$so" "$w/try.txt" "$@" >"$w/out" 2>&1 && fail "$pair takes '$words'"
        grep -q "try.txt:" "$w/out" || fail "$pair: '$words': $(cat "$w/out")"
    done
done
# A word that is misspelled is told the nearest, one without its numbers its form, and which words there are depends on the kind.
while IFS='|' read -r file words said; do
    set=$([ "$file" != maxqty ] || echo "--set limit=1")
    { [ "$file" != loopback ] || echo 'transcript 2'; echo "$words"; } >"$w/try.txt"
    # shellcheck disable=SC2086 # none, or two words
    "$outcry" plugin try "$build/sdk/examples/$file.so" "$w/try.txt" $set >"$w/out" 2>&1 && fail "$file takes '$words'"
    grep -qF "$said" "$w/out" || fail "$file: '$words': expected '$said': $(cat "$w/out")"
done <<'END'
maxqty|* bye 1|did you mean 'buy'
maxqty|* bar 1 2|bar OPEN HIGH LOW CLOSE VOLUME [PERIOD]
maxqty|* read x|a word for this kind of plugin: buy, sell, cancel, filled, price
nextopen|* filled buy 1 @ 2|a word for this kind of plugin: buy, sell, cancel, price, quote, bar
loopback|* ammend 1 buy 2 @ 3|did you mean 'amend'
binbars|* raed x|did you mean 'read'
END
# The reader shows what it reads.
printf 'OCBARS1\n\074\0\0\0\002\0\0\0\003\0\0\0\0\0\0\0BTC/USDT\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0' >"$w/none.bin"
echo '* read none.bin' >"$w/try.txt"
"$outcry" plugin try "$build/sdk/examples/binbars.so" "$w/try.txt" >"$w/out" 2>&1 || fail "$(cat "$w/out")"
grep -q 'none.bin\|file of' "$w/out" || fail "the reader: $(cat "$w/out")"
"$outcry" plugin try >"$w/out" 2>&1
[ $? = 2 ] || fail "no words: $(cat "$w/out")"
"$outcry" plugin try "$w/nothing.so" "$w/try.txt" >"$w/out" 2>&1 && fail "a file that is not there is tried"
"$outcry" plugin try "$build/sdk/examples/binbars.so" "$w/nothing.txt" >"$w/out" 2>&1 && fail "a script that is not there is run"
grep -q 'nothing.txt' "$w/out" || fail "$(cat "$w/out")"
echo "plugin_try: passed"
