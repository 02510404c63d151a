#!/bin/sh
# TAB: a unique name is inserted, several go as far as they agree, a second TAB lists them.
. "$(dirname "$0")/kit.sh"
open complete 80 24
line "$outcry console"
see_prompt
text 'posi'
keys Tab
see '> positions'
drop_line
text 'strin'
keys Tab
until_true 5 matches '> string' || fail "nothing was completed"
drop_line
text 'print(1) p'
keys Tab Tab
see 'preview'
see 'positions'
see 'print(1) p'
text 'osi'
keys Tab
see 'print(1) positions'
drop_line
ok "unique, common, listed"

line 'word_one = 1'
line 'word_other = 2'
text 'print(word_'
keys Tab
see 'print(word_o'
keys Tab
see 'word_one'
see 'word_other'
text 'n'
keys Tab
text ')'
see 'print(word_one)'
keys Enter
see_line '1'
text 'ticker "btc'
keys Tab
see 'ticker "BTC/USDT'
drop_line
ok "globals and instruments, in any case"

text 'xyzzy_none'
keys Tab Tab
text '_at_all'
see 'xyzzy_none_at_all'
drop_line
text 'é = string.rev'
keys Left Left Left Left Left Left Left Left Left
keys C-e Tab
see 'string.reverse'
ok "nothing to complete leaves the line; after characters of several bytes"
