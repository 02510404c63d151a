#!/bin/sh
# order_page.sh OUTCRY_VENUE OUTCRY [write]: the table of docs/order-types.md, made of what became of an order of each kind on paper and at the rehearsal
# face of each venue (order_matrix.sh), is as it stands there. `write` writes it anew.
set -u
here=$(dirname "$(realpath "$0")")
page=$here/../../docs/order-types.md
t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
faces="paper binanceus coinbase oanda"
for face in $faces; do
    sh "$here/order_matrix.sh" "$1" "$2" "$face" >"$t/$face" 2>"$t/$face.err" &
done
wait
bad=0
for face in $faces; do
    grep -q '^entry with a trailing stop' "$t/$face" || { echo "order_page: $face did not come to its end:"; tail -n 20 "$t/$face" "$t/$face.err"; bad=1; }
done
[ $bad = 0 ] || exit 1
{
    printf '| order |'
    for face in $faces; do printf ' %s |' "$face"; done
    printf '\n| --- |'
    for face in $faces; do printf ' --- |'; done
    echo
    cut -d '|' -f 1 "$t/paper" | sed 's/ *$//' | while read -r row; do
        printf '| %s |' "$row"
        for face in $faces; do
            awk -F ' [|] ' -v row="$row" '$1 == row {
                said = $3; sub(/^ */, "", said); gsub(/_/, " ", said)
                if ($2 == "yes" && row ~ /^entry/) { gsub(/stop loss /, "", said); gsub(/take profit /, "+ ", said); sub(/^[+] /, "", said) }
                if ($2 == "yes" && row !~ /^entry/) said = "yes"
                if ($2 == "no" || $3 == "NOT_SUPPORTED_BY_VENUE") said = "*not supported*"
                else if ($2 != "yes") said = "the rehearsal has none"
                printf " %s |", said; exit }' "$t/$face"
        done
        echo
    done
} >"$t/table"
awk -v table="$t/table" '/^<!-- table -->$/ { print; print ""; while ((getline line < table) > 0) print line; print ""; skip = 1; next }
    /^<!-- end of table -->$/ { skip = 0 } !skip' "$page" >"$t/page"
if [ "${3:-}" = write ]; then
    cat "$t/page" >"$page"
elif ! cmp -s "$t/page" "$page"; then
    echo "order_page: docs/order-types.md is old: sh tests/venue/order_page.sh OUTCRY_VENUE OUTCRY write"
    diff "$page" "$t/page" | head -n 20
    exit 1
fi
echo "order_page: $(wc -l <"$t/table") lines are as orders went"
