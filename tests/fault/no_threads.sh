#!/bin/sh
# no_threads.sh OUTCRY (A11): where the system gives no thread, or too little memory, a run says so and exits with 3.
set -u
outcry=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "$*"; exit 1; }
command -v prlimit >/dev/null || { echo "no_threads: skip: prlimit is not there"; exit 0; }
# the limit does not bind root: another user, and a copy that it can read
as=""
if [ "$(id -u)" = 0 ]; then
    command -v setpriv >/dev/null || { echo "no_threads: skip: setpriv is not there"; exit 0; }
    as="setpriv --reuid=65534 --regid=65534 --clear-groups"
fi
cp "$outcry" "$work/outcry"
(cd "$(dirname "$outcry")" && find plugins -name '*.so' | tar cf - -T -) | tar xf - -C "$work"
cp "$(dirname "$0")/../../strategies/sma_cross.lua" "$work"
chmod -R a+rX "$work"
mkdir "$work/out"
chmod 777 "$work/out"
cd "$work" || exit 1
try() { # WORD COMMAND...: exit 3, and the word on stderr
    word=$1
    shift
    echo quit | "$@" >out/said 2>out/err
    code=$?
    [ $code = 3 ] || { cat out/err; fail "exit $code, expected 3: $*"; }
    grep -q "$word" out/err || { cat out/err; fail "'$word' is not said: $*"; }
}
run="sma_cross.lua --cash 10000USDT"
limit="$as prlimit --nproc=1"
try "thread" $limit ./outcry backtest $run synthetic-bars:2000 --session out/a
try "thread" $limit ./outcry paper $run --feed synthetic-bars:2000 --session out/b
try "thread" $limit ./outcry console --feed synthetic-bars:2000 --cash 10000USDT --session out/c
try "memory" sh -c "ulimit -v 40000; exec ./outcry paper $run --feed synthetic-bars:2000 --session out/d"
echo "what the machine does not give is said"
