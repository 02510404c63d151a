#!/bin/sh
# Typing, arrows, Ctrl-A/E/K/C/D/R, characters of several bytes, chunks of several lines, history across runs.
. "$(dirname "$0")/kit.sh"
open edit 80 24
line "$outcry console"
see_prompt
see '────────'
line 'print(1 + 1)'
see_line '2'
text '2)'
keys C-a
text 'print(20 + '
keys C-e Enter
see_line '22'
text 'print("abcd") junk'
keys Left Left Left Left Left C-k
keys Enter
see_line 'abcd'
text 'print("zxy")'
keys Left Left Left BSpace
text 'é€'
keys BSpace Home Right Right Right Right Right Right Right
text 'ü'
keys End Enter
see_line 'üzé?y?'
ok "typing, arrows, Ctrl-A, Ctrl-E, Ctrl-K, Home, End, UTF-8"

line 'function twice(x)'
see_line '  \.\.\. >'
line '  return x * 2'
line 'end'
line 'print(twice(21))'
see_line '42'
line 'clear = 1'
keys C-l
see_gone 'twice'
see '────────'
keys Up Up Up
see 'return x * 2'
drop_line
see '^C'
line 'print("after " .. "cancel")'
see_line 'after cancel'
ok "chunks of several lines, recalled as one; Ctrl-L; Ctrl-C drops the line only"

line 'for i = 1, 3 do'
see_line '  \.\.\. >'
drop_line
line 'print("out " .. "of it")'
see_line 'out of it'
line 'if x then'
keys Enter Enter
see 'the chunk is not complete'
ok "Ctrl-C, or two empty lines, end a chunk"

printf 'function pasted(x)\n\tif x then\n\n\t\treturn x + 1 end\nend\nprint(pasted(98))' >"$dir/paste"
keys C-l
see_gone "not complete"
tm load-buffer "$dir/paste"
tm paste-buffer -p -t edit
see 'print(pasted(98))'
hides '  ... >' || fail "a paste is evaluated line by line"
keys Enter
see_line '99'
keys C-r
text 'pasted('
see 'return x + 1'
drop_line
line 'clear'
see_gone 'pasted'
see '────────'
line 'print("top of " .. "the region")'
see_line 'top of the region'
[ "$(screen | sed -n 6p | grep -c '────')" = 1 ] || fail "the word clear breaks the pane"
ok "what is pasted is one chunk; the word clear leaves the pane"

keys C-r
text 'twice(2'
see 'print(twice(21))'
keys C-e Enter
see_line '42'
ok "Ctrl-R searches"
line 'print("remember " .. 4711)'
see_line 'remember 4711'
keys C-d
see 'session over'
see_shell
[ "$(stat -c %a "$HOME/.outcry_history")" = 600 ] || fail "the history is not the owner's alone"
line 'stty -a | tr ";" "\n" | grep -oE " echo( |$)|icanon" | tr -d "\n"'
see_line ' ?(icanon echo|echo icanon) ?.*'
ok "Ctrl-D ends, the terminal is as before"

line clear
line "$outcry console"
see_prompt
keys Up
see 'print("remember " .. 4711)'
keys Enter
see_line 'remember 4711'
console=$(its_console)
line 'print("not " .. "lost")'
see_line 'not lost'
kill -9 "$console"
see 'Killed'
grep -qF 'print("not " .. "lost")' "$HOME/.outcry_history" || fail "a line is lost after kill -9"
grep -qF 'function twice(x)\n  return x * 2\nend' "$HOME/.outcry_history" || fail "a chunk is not one entry"
ok "history across runs, and after kill -9"
