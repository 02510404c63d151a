#!/bin/sh
# A host that runs, two consoles at once, a fill that does not break the line being typed, detaching, kill -9, the host's end.
. "$(dirname "$0")/kit.sh"
start_host
open trader 120 40
line "$outcry console --attach --trade"
see_prompt
open reader 80 24
line "$outcry console --attach"
see_prompt
ok "two consoles attach"

text 'print("half of a'
see '> print("half of a'
at=trader
line 'buy 0.01 BTC/USDT'
see 'FILL o1'
see_line '.*BUY .*filled.*'
at=reader
see 'FILL o1'
see_line 'paper BTC/USDT .*> print\("half of a'
text ' line")'
keys Enter
see_line 'half of a line'
ok "both see the fill, and the line being typed is whole"

line 'buy 0.01 BTC/USDT'
until_true 10 matches 'READ_ONLY|--trade|may not' || fail "a console without --trade may buy"
line 'print(#fills())'
see_line '1'
ok "a console without --trade is refused"

keys C-d
see_shell
host_lives || fail "the host ended with a console"
line 'echo code $?'
see_line 'code 0'
line "$outcry console --attach"
see_prompt
ok "detached and attached again while the session runs"

text 'never fin'
see '> never fin'
kill -9 "$(its_console)"
see 'Killed'
host_lives || fail "kill -9 of a console ended the host"
see_shell
line 'reset; echo re"set"'
see_line 'reset'
see_shell
line 'echo usable "again"'
see_line 'sh\$ echo usable "again"'
see_line 'usable again'
line "$outcry console --attach"
see '────────'
line 'print(#fills())'
see_line '1'
at=trader
line 'sell 0.01 BTC/USDT'
see 'FILL o2'
ok "kill -9 of a console: the host goes on, another attaches, the terminal is usable after reset"

open closed 80 24
line "$outcry console --attach"
see '────────'
console=$(its_console)
tm kill-session -t closed
# One that has ended may wait for a first process that takes no orphans in.
until_true 10 sh -c "! grep -q '^State:[[:space:]]*[^Z]' /proc/$console/status 2>/dev/null" || fail "a console outlives its terminal"
host_lives || fail "closing a terminal ended the host"
ok "a console ends with its terminal, the host does not"

kill -9 "$host"
wait "$host" 2>/dev/null
host=
for at in trader reader; do
    see 'the host is gone'
    see_shell
    line 'echo code $?'
    see_line 'code 1'
done
ok "the host's end is said, with code 1"
