#!/bin/sh
# The pane through resizes, on a small screen, without colours; dumb terminals.
. "$(dirname "$0")/kit.sh"
open screen 80 24
line 'echo something before'
line "$outcry console"
see_prompt
line 'print("kept on " .. "the screen")'
see_line 'kept on the screen'
text 'half a line'
tm resize-window -t screen -x 120 -y 40
until_true 60 sh -c "tmux -L '$server' capture-pane -p -t screen | grep -qE '^─{120}\$'" || fail "the rule is not as wide as the screen"
see 'kept on the screen'
see '> half a line'
[ "$(screen | grep -c 'half a line')" = 1 ] || fail "the line being typed is there twice"
tm resize-window -t screen -x 60 -y 20
until_true 60 sh -c "tmux -L '$server' capture-pane -p -t screen | grep -qE '^─{60}\$'" || fail "the rule is not as wide as the screen"
see_line 'paper BTC/USDT.*> half a line'
tm resize-window -t screen -x 60 -y 8
see_gone '────'
see '> half a line'
tm resize-window -t screen -x 80 -y 24
see '────'
drop_line
line 'for i = 1, 100 do print("row " .. i) end'
see_line 'row 100'
[ "$(screen | head -1 | grep -c 'paper BTC/USDT')" = 1 ] || fail "the head has scrolled away"
matches '^─{80}' || fail "the rule has scrolled away"
ok "resized up, down, below ten rows and back: head, rule and line are whole"

line 'print(("x"):rep(200))'
see 'xxxxx'
text "print('$(printf '%0190d' 7)')"
keys C-a Right Right C-e BSpace BSpace BSpace
text "8')"
keys Enter
see_line '0+8'
keys C-d
see_shell
see_gone '────'
see 'session over'
ok "lines longer than the screen; the pane is gone at the end"

line clear
line "NO_COLOR=1 $outcry console"
see '────'
line 'buy 0.1 BTC/USDT'
see 'FILL o1'
[ "$(tm capture-pane -p -e -t screen | grep -c "$(printf '\033\[[0-9;]*[1-9]')")" = 0 ] || fail "colours in spite of NO_COLOR"
keys C-d
see 'session over'
ok "NO_COLOR"

# U14: gone back in a recording, the pane holds nothing of what is still to come
"$outcry" paper "$(dirname "$0")/../../strategies/sma_cross.lua" --feed synthetic-bars:500 --cash '10000 USDT' --session "$dir/kept" --quiet >"$dir/out" 2>&1 ||
    fail "the recording: $(cat "$dir/out")"
line clear
line "$outcry replay $dir/kept --console"
see '────'
line 'step 3 fills'
see 'FILL o3'
line 'back 1 fills'
see_gone 'FILL o3'
see 'FILL o2'
line 'step 1 fills'
see 'FILL o3'
keys C-d
see_shell
ok "U14: the pane behind a step back"

open dumb 80 24 TERM=dumb
line "$outcry console"
see_prompt
line 'print(6 * 7)'
see_line '42'
line 'buy 0.1 BTC/USDT'
see 'filled'
until_true 60 sh -c "tmux -L '$server' send-keys -t dumb Enter; tmux -L '$server' capture-pane -p -t dumb | grep -q 'FILL o1'" || fail "a fill is not shown on a dumb terminal"
hides '────' || fail "a pane on a dumb terminal"
line 'print("loop " .. "begins") while true do end'
see_line 'loop begins'
keys C-c
see 'interrupted'
see_prompt
text 'never'
see 'never'
drop_line
line 'print("fine " .. 1)'
see_line 'fine 1'
keys C-d
see 'session over'
ok "a dumb terminal: prompts and plain lines, what was told comes before the next prompt"
