#!/bin/sh
# order_matrix.sh OUTCRY_VENUE OUTCRY FACE: what becomes of each kind of order with each time in force at the rehearsal face FACE, or on paper: prints
# a row each. What the venue itself refused is a failure: it should have been refused before it left.
case $3 in
paper)
    outcry=$(realpath "$2")
    here=$(dirname "$(realpath "$0")")
    w=$(mktemp -d)
    trap 'rm -rf "$w"' EXIT
    export HOME="$w" XDG_RUNTIME_DIR="$w" LC_ALL=C
    cd "$w" || exit 1
    "$outcry" backtest "$here/order_matrix.lua" synthetic:5 --duration 2m --cash '100000 USDT' -p qty=0.01 --quick >log 2>&1
    ;;
*)
    every=500ms
    face=$3
    . "$(dirname "$0")/face_kit.sh"
    case $3 in
    oanda) cash='100000 USD' options='-p qty=1000 -p digits=5' ;;
    *) cash='50000 USD' options='-p qty=0.01' ;;
    esac
    # shellcheck disable=SC2086
    "$outcry" run "$here/order_matrix.lua" --venue "$3" --config main.conf --cash "$cash" $options --listen none --session matrix >log 2>&1 &
    host=$!
    for _ in $(seq ${LIMIT:-1200}); do grep -q 'matrix: done' log && break; kill -0 $host 2>/dev/null || break; sleep 0.1; done
    kill -INT $host
    wait $host
    host=
    ;;
esac
[ -z "${KEEP:-}" ] || cp log /tmp/mx/log
sed -n 's/.*matrix: \(.* | .* | .*\)/\1/p' log
grep -q 'matrix: done' log || { tail -n 20 log; echo "order_matrix: it did not come to its end"; exit 1; }
! grep -q 'refused by the venue' log
