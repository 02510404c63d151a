#!/bin/sh
# golden.sh OUTCRY FILE.expect [--record]: runs what the file says and compares the report's figures.
# Lines: `run NAME ARGUMENTS` starts a case ($OUTCRY_DATA names the data folder; a case that uses it skips aloud where it is
# not set); `want KEY VALUE [TOLERANCE%]` compares a key of the JSON report. --record prints the file with today's values.
set -u
outcry=$1
file=$2
record=${3:-}
cd "$(dirname "$0")/../.." || exit 1
bad=0
skipping=0
json=$(mktemp)
trap 'rm -f "$json" "$json.err"' EXIT
while IFS= read -r line || [ -n "$line" ]; do
    case $line in
    "run "*)
        [ -n "$record" ] && echo "$line"
        skipping=0
        rest=${line#run }
        name=${rest%% *}
        arguments=${rest#* }
        case $arguments in
        *OUTCRY_DATA*)
            if [ -z "${OUTCRY_DATA:-}" ] || [ ! -d "$OUTCRY_DATA" ]; then
                echo "skip: $name needs real data: set OUTCRY_DATA" >&2
                skipping=1
                continue
            fi ;;
        esac
        eval "\"$outcry\" $arguments --json" >"$json" 2>"$json.err" || {
            echo "$name: the run failed:"
            cat "$json.err"
            bad=1
            skipping=1
        } ;;
    "want "*)
        # shellcheck disable=SC2086
        set -- $line
        key=$2
        value=$3
        tolerance=${4:-}
        if [ $skipping = 1 ]; then
            [ -n "$record" ] && echo "$line"
            continue
        fi
        found=$(jq -r "$key" "$json")
        if [ -n "$record" ]; then
            echo "want $key $found $tolerance" | sed 's/ *$//'
        elif [ -n "$tolerance" ]; then
            awk -v a="$found" -v b="$value" -v t="${tolerance%\%}" \
                'BEGIN { d = a - b; if (d < 0) d = -d; if (b < 0) b = -b; exit !(d <= b * t / 100) }' ||
                { echo "$name: $key is $found, expected $value within $tolerance"; bad=1; }
        elif [ "$found" != "$value" ]; then
            echo "$name: $key is $found, expected $value"
            bad=1
        fi ;;
    *) [ -n "$record" ] && echo "$line" ;;
    esac
done <"$file"
[ $bad = 0 ] && [ -z "$record" ] && echo "$(basename "$file"): as expected"
exit $bad
