#!/bin/sh
# cheats.sh OUTCRY [SEEDS [NAME]] (Q11): strategies that try to profit from what a simulator assumes where bars do not tell. On random walks
# that nothing can be known of, the mean of what each makes is at most 3 standard errors above 0, under every profile that
# claims so, without spread and fees, and where finer data decide (`finer`); there is no lower bound. The control lies within 3 of 0.
# Twenty walks are twenty markets of one run: a strategy keeps what it knows by market. Two runs go side by side.
set -u
outcry=$(realpath "$1")
seeds=${2:-400}
only=${3:-*}
cd "$(dirname "$0")/cheats" || exit 1
here=$PWD
bars=60 batch=20
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME="$work" OUTCRY__STRATEGY__DEADLINE=10m
cd "$work" || exit 1

# runs FILE PROFILE OPTIONS...: a line of the net of each seed. What the markets of a run made comes to what the run made.
runs() {
    file=$1 profile=$2
    shift 2
    [ "$profile" = finer ] && fills=neutral || fills=$profile
    for group in "$work"/walks/*; do
        cd "$group" || return
        inside=
        [ "$profile" = finer ] && for walk in f/*.csv; do inside="$inside --intrabar $walk"; done
        # shellcheck disable=SC2086
        "$outcry" backtest "$file" ./*.csv --cash '1000000000 USDT' --allow-short --spread 0 --profile "$fills" "$@" $inside \
            --data 'price_step=0.01;qty_step=0.001' --json >"$mine.out" 2>"$mine.err" || { cat "$mine.out" "$mine.err" >&2; echo failed; return; }
        awk -v markets="$(ls ./*.csv | wc -l)" '
            function number(name,   text) { text = $0; return sub(".*\"" name "\": *\"", "", text) ? text + 0 : 0 }
            /^    "profit": "/ { made = number("profit") }
            /^    {"symbol": "W[0-9]+.USDT", "fills": [0-9]+, "round_trips": / { print number("net"); sum += number("net"); markets-- }
            END { while (markets-- > 0) print 0 # it never traded there
                  if (sum - made > 1e-4 || made - sum > 1e-4) print "failed: " sum " of " made }' "$mine.out"
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

# half PART: every second of the runs.
half() {
    bad=0 number=0 mine=$work/$1
    for file in "$here"/$only.lua; do
        name=$(basename "$file" .lua)
        options=$(sed -n 's/^-- options: //p' "$file")
        plans=$(sed -n 's/^-- plans: //p' "$file") # a file of several, each by its number
        beside=$(sed -n 's/^-- beside: //p' "$file") # a second strategy at the same account: what both make together is judged
        profiles="pessimistic neutral ideal finer"
        both=0 plan=1
        [ "$name" = control ] && profiles=ideal both=1
        while [ $plan -le "${plans:-1}" ]; do
            for profile in $profiles; do
                number=$((number + 1))
                [ $((number % 2)) = "$1" ] || continue
                # shellcheck disable=SC2086
                runs "$file" $profile ${beside:+"$here/beside/$beside"} $options ${plans:+-p plan=$plan} >"$mine.nets"
                judge "$name${plans:+-$plan}" $profile $both <"$mine.nets" || bad=1
            done
            plan=$((plan + 1))
        done
    done
    return $bad
}

seed=1
while [ "$seed" -le "$seeds" ]; do
    group=walks/$(((seed - 1) / batch + 100))
    mkdir -p "$group/f"
    market=$(printf 'W%03d-USDT.csv' "$seed")
    "$(dirname "$outcry")/tests/support/walk_bars" "$seed" $bars >"$group/$market" || exit 1
    "$(dirname "$outcry")/tests/support/walk_bars" "$seed" $bars 5 >"$group/f/$market" || exit 1
    seed=$((seed + 1))
done
half 0 >"$work/even" 2>&1 &
half 1
odd=$?
wait $!
even=$?
cat "$work/even"
[ $odd = 0 ] && [ $even = 0 ] || exit 1
echo "no cheat gains on $seeds seeds of $bars bars"
