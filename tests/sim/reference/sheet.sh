#!/bin/sh
# sheet.sh REFERENCE: the second simulator gives the numbers of the formula sheet, SIM-11 to SIM-26 (sheet.txt), by itself.
set -u
reference=$(realpath "$1")
cd "$(dirname "$0")" || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
awk '
    $1 == "scenario" { name = $2 }
    $1 == "=" { print name, substr($0, 3) >wanted; print "end"; next }
    { print }
    $1 == "scenario" { print "set price_decimals 2\nset qty_decimals 1" }
    ' wanted="$work/wanted" sheet.txt >"$work/scenarios" || exit 1
"$reference" "$work/scenarios" >"$work/said" || exit 1
awk '
    function trim(number) { sub(/0+$/, "", number); sub(/\.$/, "", number); return number }
    $2 == "fill" { line = line $5 " " $6 " " $7 " " $8 " " $10 "; " }
    $2 == "position" { line = line "position " $3 "; " }
    $2 == "cash" { line = line "cash " trim($3) "; " }
    $2 == "ambiguous" { print $1, line "ambiguous " $5; line = "" }
    ' "$work/said" >"$work/found"
diff "$work/wanted" "$work/found" || { echo "< the sheet, > the reference"; exit 1; }
echo "$(wc -l <"$work/found") cases of the sheet hold"
