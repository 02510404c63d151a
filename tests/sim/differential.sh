#!/bin/sh
# differential.sh OUTCRY REFERENCE SCENARIOS [COUNT [FIRST]]: COUNT random scenarios through `outcry backtest` and through the second
# simulator (tests/sim/reference): every fill with its time, the time it is told, side, quantity, price, fee and role, how each order
# ended, position, cash and the count of ambiguous fills must be the same. Eight scenarios are one run, with a seed each from FIRST on.
# A run that differs is told by its seed, and each of its scenarios is tried alone. To see one again, with the files kept:
#     KEEP=folder sh tests/sim/differential.sh build/release/outcry build/release/tests/sim/reference build/release/tests/sim/scenarios 8 SEED
set -u
outcry=$(realpath "$1") reference=$(realpath "$2") scenarios=$(realpath "$3")
count=${4:-2000} first=${5:-1} batch=8
driver=$(realpath "$(dirname "$0")/driver.lua")
work=${KEEP:-$(mktemp -d)}
mkdir -p "$work"
[ -n "${KEEP:-}" ] || trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
export HOME="$work"
cp "$driver" driver.lua

# both SEED [ONLY]: 0 when they agree; `difference` says where not. Lines of the simulator begin with <, of the reference with >.
both() {
    rm -f ./*.csv
    "$scenarios" "$1" $batch . ${2:-} || return 2
    xargs "$outcry" backtest driver.lua ./*.csv --cash '1000000 USDT' --allow-short --end hold --json <options >out 2>err ||
        { tail -n 3 err; return 2; }
    "$reference" scenarios.txt >said || return 2
    awk '
        # Lines of the two are counted against each other. Fills of legs at one time and price are added up first: the simulator has
        # one order for all of an entry, the reference one for each of its fills, and each fee is rounded.
        function note(line, one) { if (!(line in count)) order[++lines] = line; count[line] += one }
        function add(one,   key) {
            if ($4 == "?") { unsaid[$1 $3] = 1; return }
            if ($2 != "fill" || $5 !~ /\./) { note($0, one); return }
            key = $1 " fill " $3 " " $4 " " $5 " " $6 " " $8 " " $10
            if (!(key in parts)) leg[++legs] = key
            parts[key]++
            qty[key] += one * $7
            fee[key] += one * $9
            if (one > 0) found[key] = found[key] " " $7; else wanted[key] = wanted[key] " " $7
        }
        FILENAME == "out" { if ($1 == "\"ambiguous\":") { gsub(/[^0-9]/, "", $2); found_ambiguous = $2 } next }
        FILENAME == "err" {
            if (!sub(/.* (INFO|WARN|ERROR) strategy: /, "")) next
            if ($1 == "all") { cash = $3 - 1000000; next }
            sub(/ #[0-9]+$/, "")
            sub(/\/USDT/, "", $1)
            add(1)
            next
        }
        $2 == "cash" { sum += $3; next }
        $2 == "ambiguous" { ambiguous += $3; next }
        { add(-1) }
        END {
            slack = 6e-9
            for (i = 1; i <= lines; i++) {
                split(order[i], word)
                if (word[2] == "state" && (word[1] word[3]) in unsaid) count[order[i]] = 0
            }
            for (i = 1; i <= lines; i++) if (count[order[i]] != 0) { print (count[order[i]] > 0 ? "<" : ">"), order[i]; bad = 1 }
            for (i = 1; i <= legs; i++) {
                key = leg[i]
                more = (parts[key] - 2) * 1e-8 + 1e-12
                slack += parts[key] > 2 ? more : 0
                if (qty[key] > 1e-9 || qty[key] < -1e-9 || fee[key] > more || fee[key] < -more) {
                    print "leg", key, "<" found[key], ">" wanted[key], "fee", fee[key]
                    bad = 1
                }
            }
            if (found_ambiguous != ambiguous) { print "< ambiguous", found_ambiguous; print "> ambiguous", ambiguous; bad = 1 }
            if (!bad && (cash - sum > slack || sum - cash > slack)) { printf "< cash %.8f\n> cash %.8f\n", cash, sum; bad = 1 }
            exit bad
        }' out err said >difference
}

bad=0 seed=$first last=$((first + (count + batch - 1) / batch - 1))
while [ $seed -le $last ]; do
    if ! both $seed; then
        bad=$((bad + 1))
        echo "seed $seed:"
        cat difference
        number=0
        while [ $number -lt $batch ]; do
            both $seed $number || { echo "seed $seed, scenario $number:"; cat difference; [ -n "${KEEP:-}" ] && exit 1; }
            number=$((number + 1))
        done
    fi
    [ $bad -ge "${LIMIT:-5}" ] && { echo "stopped behind $bad runs that differ"; exit 1; }
    seed=$((seed + 1))
done
[ $bad = 0 ] && echo "$count scenarios, seeds $first to $last: the same"
exit $bad
