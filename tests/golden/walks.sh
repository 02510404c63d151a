#!/bin/sh
# walks.sh COUNT BARS: writes hourly bars of COUNT markets that move together in part into a folder of the build, and prints their names: what
# strategies of several markets are tried on where no real data are at hand. The same each time.
set -u
cd "$(dirname "$0")/../.." || exit 1
folder=build/walks.$1.$2
mkdir -p "$folder" || exit 1
for i in $(seq "$1"); do
    file=$folder/$(echo AAA BBB CCC DDD | cut -d' ' -f"$i")-USDT.csv
    [ -s "$file" ] && { printf "%s " "$file"; continue; }
    awk -v own="$i" -v bars="$2" '
        function draw(n) { seed = (seed * 16807) % 2147483647; return seed % n }
        function common(n) { shared = (shared * 16807) % 2147483647; return shared % n }
        BEGIN {
            seed = 1000003 * own; shared = 42; price = 10000 * own
            print "timestamp,open,high,low,close,volume"
            for (i = 0; i < bars; i++) {
                open = price; step = own * (common(81) - 40 + draw(61) - 30); price += step; if (price < 1000) price = 1000
                high = (open > price ? open : price) + draw(9); low = (open < price ? open : price) - draw(9)
                printf "%d,%.2f,%.2f,%.2f,%.2f,%d\n", 1704067200 + 3600 * i, open / 100, high / 100, low / 100, price / 100, 100 + draw(900)
            }
        }' >"$file.$$" && mv "$file.$$" "$file"
    printf '%s ' "$file"
done
