#!/bin/sh
# long_test.sh LONG HOURS PLUGINS SOURCE: hours that are added up go on where they stopped, one that was stopped is not counted, one that failed is said; and the page says
# as many as the log.
set -u
long=$1 hours=$2 plugins=$3 source=$4
w=$(mktemp -d)
trap 'rm -rf "$w"' EXIT
fail() { echo "long_test: $*" >&2; exit 1; }
sh "$long" "$hours" "$plugins" "$w/log" 10 5 >"$w/said" || fail "ten hours: $(cat "$w/said")"
echo 'So far 0 hours have been run, of which 0 seeds failed. More.' >"$w/page"
sh "$long" "$hours" "$plugins" "$w/log" 15 5 "$w/page" >"$w/said" || fail "five more: $(cat "$w/said")"
[ "$(cat "$w/page")" = 'So far 15 hours have been run, of which 0 seeds failed. More.' ] || fail "the page: $(cat "$w/page")"
[ "$(awk '{ print $3, $4, $5, $6 }' "$w/log" | tr '\n' ';')" = '1000000 1000000 5 0;1000001 1000001 5 0;1000002 1000002 5 0;' ] || fail "the log: $(cat "$w/log")"
cat >"$w/stopped" <<'END'
#!/bin/sh
exit 1
END
cat >"$w/failing" <<'END'
#!/bin/sh
echo 'seed 7: 0.1 h: lost; again: hours --seed 7 --loud'
echo '5 h in 1 seeds, 1 failed; 0 order actions'
exit 1
END
chmod +x "$w/stopped" "$w/failing"
sh "$long" "$w/stopped" "$plugins" "$w/log" 20 5 >"$w/said" && fail "one that was stopped is taken for good"
[ "$(wc -l <"$w/log")" = 3 ] || fail "one that was stopped is counted: $(cat "$w/log")"
sh "$long" "$w/failing" "$plugins" "$w/log" 20 5 >"$w/said" && fail "one that failed is taken for good"
grep -q 'again: hours --seed 7' "$w/said" && grep -q '^# seed 7: .*again:' "$w/log" || fail "one that failed is not said: $(cat "$w/said" "$w/log")"
count=$(awk '!/^#/ && NF { s += $5 } END { print s + 0 }' "$source/tests/fault/hours/run.log")
bad=$(awk '!/^#/ && NF { s += $6 } END { print s + 0 }' "$source/tests/fault/hours/run.log")
said=$(sed -n 's/^So far \([0-9,]*\) hours have been run, of which \([0-9]*\) seeds failed.*/\1 \2/p' "$source/docs/rehearsal-venue.md" | tr -d ,)
[ "$said" = "$count $bad" ] || fail "docs/rehearsal-venue.md says '$said', and tests/fault/hours/run.log adds up to '$count $bad'"
