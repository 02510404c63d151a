#!/bin/sh
# help.sh OUTCRY: each verb says what it takes, with exit code 0 and nothing on stderr; what it says can be given; bash completes verbs, options and
# files with the script that `completion` prints.
set -u
outcry=$(realpath "$1")
w=$(mktemp -d)
trap 'rm -rf "$w"' EXIT
cd "$w" || exit 1
fail() {
    echo "FAIL $*" >&2
    exit 1
}
verbs=$("$outcry" help | awk '/^  [a-z]+ +[a-z]/ && !/^  outcry/ { print $1 }')
[ "$(echo "$verbs" | wc -w)" -ge 15 ] || fail "few verbs: $verbs"
for verb in $verbs; do
    for way in "$verb --help" "help $verb"; do
        case $way in 'help help' | 'help console' | 'help lua') continue ;; esac
        # shellcheck disable=SC2086  # the words are meant to be split
        "$outcry" $way >out 2>err || fail "outcry $way: exit code $?: $(cat err)"
        [ -s err ] && fail "outcry $way: $(cat err)"
        grep -q "usage: outcry $verb" out || fail "outcry $way: $(cat out)"
    done
done
# Each option of a backtest that is told is understood there: a value that cannot be is refused for what it is, never as unknown.
"$outcry" backtest --help | sed -n 's/^  --\([a-z-]*\).*/\1/p' | while read -r name; do
    if "$outcry" backtest x.lua "--$name" 2>&1 | grep -q "unknown option"; then fail "--$name is told and unknown"; fi
done || exit 1
"$outcry" completion zsh >out 2>&1 && fail "completion for what there is none"
"$outcry" completion bash >outcry.bash || fail "no completion"
touch mine.lua mine.csv other.txt
command -v bash >/dev/null || { echo "help: bash is not there: completion is not tried"; exit 0; }
completed() { # WORDS...: what bash offers behind them
    bash -c '. ./outcry.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _outcry; echo "${COMPREPLY[@]}"' bash "$@" | tr " " "\n" | sort | paste -s -d " " -
}
check() { # EXPECTED WORDS...
    expected=$1
    shift
    [ "$(completed "$@")" = "$expected" ] || fail "outcry $*: '$(completed "$@")', expected '$expected'"
}
check 'backtest' outcry backt
check '--latency' outcry backtest --lat
check '--limit-fill' outcry console --limit
check '' outcry run --limit
check 'mine.csv mine.lua' outcry paper mine
check 'check' outcry plugin che
check '--diff' outcry replay --d
echo "help: $(echo "$verbs" | wc -w) verbs"
