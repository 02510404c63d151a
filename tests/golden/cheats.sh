#!/bin/sh
# cheats.sh OUTCRY [SEEDS [NAME]] (Q11): strategies that try to profit from what a simulator assumes where bars do not tell. On random walks
# that nothing can be known of, the mean of what each makes is at most 3 standard errors above 0, under every profile that
# claims so, without spread and fees, and where finer data decide (`finer`); there is no lower bound. The control lies within 3 of 0. The whole of it: 400 seeds.
set -u
outcry=$(realpath "$1")
seeds=${2:-400}
only=${3:-*}
cd "$(dirname "$0")/cheats" || exit 1
here=$PWD
bars=240
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME="$work" OUTCRY__STRATEGY__DEADLINE=10m
cd "$work" || exit 1

# runs FILE PROFILE OPTIONS...: a line of the net of each seed.
runs() {
    file=$1 profile=$2
    shift 2
    seed=1
    [ "$profile" = finer ] && fills=neutral finer=yes || fills=$profile finer=
    while [ $seed -le "$seeds" ]; do
        "$outcry" backtest "$file" "walks/$seed/BTC-USDT.csv" --cash '1000000 USDT' --allow-short --spread 0 --profile "$fills" "$@" \
            ${finer:+--intrabar walks/$seed/finer/BTC-USDT.csv} \
            --data 'price_step=0.01;qty_step=0.001' --json >out 2>err || { cat out err >&2; echo failed; return; }
        sed -n 's/.*"profit": *"\([^"]*\)".*/\1/p' out | head -n 1
        seed=$((seed + 1))
    done
}

# The first bound is 1 for the control, which is judged from below as well.
judge() { # NAME PROFILE IS_CONTROL
    awk -v name="$1" -v profile="$2" -v both="$3" -v wanted="$seeds" '
        { n++; sum += $1; squares += $1 * $1 } !/^-?[0-9.e+-]+$/ { broken = 1 }
        END {
            if (n != wanted || broken) { print name, profile, "did not run"; exit 1 }
            mean = sum / n; variance = (squares - n * mean * mean) / (n - 1)
            error = variance > 0 ? sqrt(variance / n) : 0
            where = error > 0 ? mean / error : mean > 0 ? 99 : mean < 0 ? -99 : 0
            bad = where > 3 || (both == 1 && where < -3)
            printf "%-20s %-12s mean %10.4f, s.e. %8.4f: %+6.2f%s\n", name, profile, mean, error, where, bad ? "  BEYOND THE BOUND" : ""
            exit bad
        }'
}

seed=1
while [ $seed -le "$seeds" ]; do
    mkdir -p walks/$seed/finer
    "$(dirname "$outcry")/tests/support/walk_bars" $seed $bars >walks/$seed/BTC-USDT.csv || exit 1
    "$(dirname "$outcry")/tests/support/walk_bars" $seed $bars 5 >walks/$seed/finer/BTC-USDT.csv || exit 1
    seed=$((seed + 1))
done
bad=0
for file in "$here"/$only.lua; do
    name=$(basename "$file" .lua)
    options=$(sed -n 's/^-- options: //p' "$file")
    plans=$(sed -n 's/^-- plans: //p' "$file") # a file of several, each by its number
    profiles="pessimistic neutral ideal finer"
    both=0 plan=1
    [ "$name" = control ] && profiles=ideal both=1
    while [ $plan -le "${plans:-1}" ]; do
        for profile in $profiles; do
            # shellcheck disable=SC2086
            runs "$file" $profile $options ${plans:+-p plan=$plan} >nets
            judge "$name${plans:+-$plan}" $profile $both <nets || bad=1
        done
        plan=$((plan + 1))
    done
done
[ $bad = 0 ] && echo "no cheat gains on $seeds seeds of $bars bars"
exit $bad
