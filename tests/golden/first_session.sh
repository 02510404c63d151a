#!/bin/sh
# first_session.sh OUTCRY [--again]: runs the console lines of first_session.txt and compares what they show with the
# part of docs/console.md between <!-- session --> and <!-- /session -->. --again writes that part anew.
#
# The file: `% COMMAND` starts a program, `-- text` is a sentence of the page, any other line is typed into the console.
set -u
program=$(realpath "$1")
again=${2:-}
cd "$(dirname "$0")/../.." || exit 1
top=$PWD
page=$top/docs/console.md
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/strategies"
cp strategies/sma_cross.lua "$work/strategies/"
cd "$work" || exit 1
unset XDG_STATE_HOME COLUMNS LINES TERM
export HOME="$work" LC_ALL=C.UTF-8
export OUTCRY__CONSOLE__LIMIT=10m # however busy the machine is
outcry() { "$program" "$@"; }

# One file of input a program; each line is preceded by one that prints it.
awk '/^% /  { n++; print substr($0, 3) >(n ".command"); printf "" >(n ".in"); next }
     /^-- / { print "print [==[@@- " substr($0, 4) "]==]" >(n ".in"); next }
     NF     { print "print [==[@@> " $0 "]==]" >(n ".in"); print $0 >(n ".in") }' "$top/tests/golden/first_session.txt"
n=1
while [ -e $n.command ]; do
    echo "@@% $(cat $n.command)"
    eval "$(cat $n.command)" <$n.in 2>&1 || echo "exit code $?"
    n=$((n + 1))
done >raw

# Sentences between fences.
sed "s|$work/||g; s/ *\$//" raw | awk '
    function paragraph(text,    words, count, i, line) {
        count = split(text, words, " ")
        for (i = 1; i <= count; i++) {
            if (line != "" && length(line " " words[i]) > 118) { print line; line = "" }
            line = line (line == "" ? "" : " ") words[i]
        }
        print line
    }
    function fence(want) { if (want != open) { print want ? "\n```text" : "```"; open = want } }
    /^@@- / { fence(0); print ""; paragraph(substr($0, 5)); next }
    /^@@> / { fence(1); print substr($0, 3); next }
    /^@@% / { fence(0); held = substr($0, 5); fence(1); print "sh$ " held; next }
            { fence(1); print }
    END     { fence(0); print "" }' >session

if [ "$again" = --again ]; then
    awk -v file=session '{ if (!skip) print } /^<!-- session -->/ { while ((getline line <file) > 0) print line; skip = 1 }
        /^<!-- \/session -->/ { print; skip = 0 }' "$page" >new && cp new "$page"
    exit
fi
sed '1,/^<!-- session -->/d; /^<!-- \/session -->/,$d' "$page" >shown
[ -s shown ] || { echo "first session: $page has no <!-- session --> part"; exit 1; }
diff -u shown session && { echo "the first session of docs/console.md is what the console shows"; exit 0; }
echo "write it anew: sh tests/golden/first_session.sh OUTCRY --again"
exit 1
