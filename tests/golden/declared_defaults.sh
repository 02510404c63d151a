#!/bin/sh
# declared_defaults.sh OUTCRY: the goldens again with every default that a built-in plugin declares written out as a setting:
# `plugin info` prints the table, so what it prints is what holds.
set -u
outcry=$1
cd "$(dirname "$0")/../.." || exit 1
plugins=$(dirname "$outcry")/plugins
count=0
# write SECTION FILE: each key of the printed table that has a default, as OUTCRY__SECTION__KEY.
write()
{
    found=$("$outcry" plugin info "$plugins/$2.so" |
        awk '/^  keys  / { on = $2 == "NAME"; next } on && /^   / && $4 != "-" && $4 != "(required)" { print $1 "=" $4 }')
    for pair in $found; do
        export "OUTCRY__$1__$(echo "${pair%%=*}" | tr a-z A-Z)=${pair#*=}"
        count=$((count + 1))
    done
}
for name in kill_switch max_order_qty max_order_value price_collar position_limit message_rate max_daily_loss; do
    write "RISK__$(echo $name | tr a-z A-Z)" risk/$name
done
write SIM__PAPER sims/paper
env | grep '^OUTCRY__' | sort
[ $count = 14 ] || { echo "declared_defaults: $count defaults were found, expected 14"; exit 1; }
bad=0
for file in strategies/*.expect; do
    sh tests/golden/golden.sh "$outcry" "$file" || bad=1
done
exit $bad
