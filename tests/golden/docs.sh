#!/bin/sh
# docs.sh OUTCRY: runs every command that README and docs show as `$ outcry ...`.
set -u
outcry=$1
cd "$(dirname "$0")/../.." || exit 1
bad=0
count=0
mkdir -p build
rm -rf build/history-session build/history build/first-session build/guide-session build/guide-a build/guide-b
grep -h '^\$ outcry ' README.md docs/*.md | sed 's/^\$ outcry //; s#build/release/#'"$(dirname "$outcry")"'/#g' >build/docs.commands
while IFS= read -r arguments; do
    count=$((count + 1))
    eval "\"$outcry\" $arguments" </dev/null >build/docs.out 2>&1
    code=$?
    case $arguments in "risk check"*) [ $code = 5 ] && code=0 ;; esac
    [ $code = 0 ] || { echo "docs: outcry $arguments: exit $code"; head -5 build/docs.out; bad=1; }
done <build/docs.commands
[ $count -gt 5 ] || { echo "docs: only $count commands were found"; bad=1; }
for link in $(grep -ohE '\]\((docs/)?[a-z0-9/_.-]+\)' README.md docs/*.md | sed 's/^](//; s/)$//'); do
    [ -e "$link" ] || [ -e "docs/$link" ] || { echo "docs: a link leads nowhere: $link"; bad=1; }
done
[ $bad = 0 ] && echo "docs: $count commands run as they are shown"
exit $bad
