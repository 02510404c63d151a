#!/bin/sh
# coverage.sh: runs the unit tests of the coverage build and prints line and branch coverage of engine and journal. Scripts
# that run the whole program, and units of other rooms that take long, would add minutes and no line.
# Branches of assertions and of lines with OC_UNREACHABLE are left out; the thresholds are those of the house.
set -u
cd "$(dirname "$0")/.."
find build/coverage -name '*.gcda' -delete
bad=0
ctest --test-dir build/coverage --output-on-failure -j "$(nproc)" -R '_test$|^journal_crash$' \
    -E '^(console|shell|sandbox|csv|detmath|paper_walk|journal_damage|script_limit)_' || bad=1
for room in engine journal; do
    gcovr --root . --filter "host/$room/" --exclude-unreachable-branches --exclude-throw-branches \
        --exclude-lines-by-pattern '.*(assert\(|OC_UNREACHABLE).*' --json-summary -o "build/coverage/$room.json" build/coverage \
        2>/dev/null || exit 1
    line=$(jq '.line_percent' "build/coverage/$room.json")
    branch=$(jq '.branch_percent' "build/coverage/$room.json")
    echo "$room coverage: lines $line %, branches $branch %"
    gcovr --root . --filter "host/$room/" --exclude-unreachable-branches build/coverage 2>/dev/null |
        awk -v room="host/$room/" 'index($1, room) == 1 {print "   " $0}' | cut -c1-110
    [ "$(echo "$line" | cut -d. -f1)" -ge "${COVERAGE_LINE:-95}" ] || bad=1
    [ "$(echo "$branch" | cut -d. -f1)" -ge "${COVERAGE_BRANCH:-90}" ] || bad=1
done
exit $bad
