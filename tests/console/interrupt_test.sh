#!/bin/sh
# Ctrl-C stops an evaluation, never the console; console.limit stops it by itself; Ctrl-Z gives the terminal back.
. "$(dirname "$0")/kit.sh"
open interrupt 80 24
line "$outcry console"
see_prompt
line 'before = 7'
line 'print("loop " .. "begins") while true do end'
see_line 'loop begins'
keys C-c
see 'interrupted'
line 'print("still " .. before)'
see_line 'still 7'
ok "an endless loop ends with Ctrl-C"

line 'while true do end'
text 'print("typed " .. "ahead")'
keys Enter
see 'console.limit' 120
see_line 'typed ahead'
ok "an endless loop ends by itself by the limit of 5 s; what was typed meanwhile is evaluated then"

line 'for i = 1, 1e9 do print("line " .. i) end'
see_line 'line [0-9]+' # of many at once, whichever
keys C-c
see 'interrupted'
see_prompt
keys C-l
line 'print("calm " .. "again")'
see_line 'calm again'
see '────────'
ok "a huge print ends with Ctrl-C"

see_prompt
text 'print("half a'
see '> print("half a' # a signal's key throws away what is typed and not yet taken
keys C-z
see_shell
line 'echo in the "shell"'
see_line 'in the shell'
line fg
see '> print("half a'
text ' line")'
keys Enter
see_line 'half a line'
see '────────'
ok "Ctrl-Z gives the terminal back, fg goes on with the line"

kill -TERM "$(its_console)"
see_shell
line 'echo code $?'
see_line 'code 143'
line 'echo "echo is" "on"'
see_line 'echo is on'
see_gone '────────'
ok "SIGTERM leaves the terminal as it was"
