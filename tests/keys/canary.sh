#!/bin/sh
# canary.sh OUTCRY: secrets that are known are looked for where none may stand: what every verb says at every level, the records of a session,
# its page, the vault, a console's answers, what a venue says back, environment and command line of the process, a core dump of it while it
# signs and what it leaves when it aborts. As they are, as hex and as base64 (wherever it begins). In the process itself they may stand in
# locked pages alone. A canary that is planted first shows that the search finds them.
set -u
. "$(dirname "$0")/kit.sh"
command -v gcore >/dev/null || { echo "canary: no gcore (gdb): skipped"; exit 77; }
pid=
trap '[ -z "$pid" ] || kill -9 $pid 2>/dev/null; rm -rf "$w"' EXIT
key=canary-api-key-0001 secret=canary-SECRET/4711+of=the-account phrase=canary-phrase-said-at-login pass='canary passphrase of the vault'
openssl ecparam -name prime256v1 -genkey -noout -out ec.pem
chmod 600 ec.pem
number=$(openssl ec -in ec.pem -noout -text 2>/dev/null | sed -n '/^priv:/,/^pub:/p' | grep -v : | tr -d ' :\n'; openssl ec -in ec.pem -noout -text 2>/dev/null | sed -n '/^priv:/,/^pub:/{/^ /p}' | tr -d ' :\n' | tail -c 64)
number=$(printf %s "$number" | tail -c 64)

. "$here/forms.sh"
pem=$(sed -n 2p ec.pem)
for one in "$secret" "$phrase" "$pass" "$pem" "$number"; do forms "$one"; done | awk 'length > 7' | sort -u >patterns
for one in "$secret" "$pass" "$pem" "$number"; do forms "$one"; done | awk 'length > 7' | sort -u >hidden # of which no copy is ever sent
printf %s "$number" | perl -ne 'print pack "H*", $_' >number.bin
finds() { grep -qaFf "$1" "$2"; } # PATTERNS FILE
has_number() { perl -e 'undef $/; open F, "number.bin"; $n = <F>; open C, $ARGV[0]; $c = <C>; exit !(index($c, $n) >= 0 || index($c, scalar reverse $n) >= 0)' "$1"; }
clean() { # FILES...: none of them shows a secret
    for file in "$@"; do ! finds patterns "$file" || fail "a secret stands in $file: $(grep -aFof patterns "$file" | head -2)"; done
}
for one in "$secret" "prefix$(printf %s "x$secret" | base64 -w 0)" "$(printf %s "$pass" | od -An -v -tx1 | tr -d ' \n')"; do
    printf 'a line with %s in it\n' "$one" >planted
    finds patterns planted || fail "the search does not find what is planted: $one"
done
rm planted

# The vault.
printf '%s\n' "$pass" >pass.txt
mkdir said
export MINE_KEY=$key MINE_SECRET=$secret MINE_PHRASE=$phrase
"$outcry" keys add mine --environment local --field api_key=env:MINE_KEY --field secret=env:MINE_SECRET --field passphrase=env:MINE_PHRASE \
    --passphrase fd:3 3<pass.txt >said/add 2>&1 || fail "add: $(cat said/add)"
"$outcry" keys add other --environment live --field secret=file:ec.pem --passphrase fd:3 3<pass.txt >said/add2 2>&1 || fail "add: $(cat said/add2)"
unset MINE_KEY MINE_SECRET MINE_PHRASE
"$outcry" keys list >said/list 2>&1
"$outcry" keys test mine --passphrase fd:3 --text x 3<pass.txt >said/test 2>&1
"$outcry" keys test other --passphrase fd:3 3<pass.txt >said/test2 2>&1 || fail "test: $(cat said/test2)"
clean said/* data/outcry/*

# A session that signs, and waits for a console: the venue says its secrets back, and the connector logs all that it hears.
config 'vault = "mine";'
order='new 1099511627777 buy 10 10000'
basic=$(printf %s "$key:$secret" | base64 -w 0)
cat >s.txt <<END
transcript 2
@ 2026-01-05T14:30:00Z
lines > login $key \$rest
lines < trade 10000 5
lines > $order $(mac "$order" "$secret")
lines < ack 1099511627777
lines < fill 1099511627777 10 10000 t1
lines > cancel \$nothing
END
hex=$(printf %s "$secret" | od -An -v -tx1 | tr -d ' \n')
sed "s|^lines < trade.*|lines < bad $secret $hex $basic\nlines < bad $phrase\n&|" s.txt >echo.txt
run() { # SESSION MORE...
    session=$1
    shift
    "$outcry" run day.lua --venue signs --config s.conf $plugin --cash '10000 USDT' --session "$session" --report "$session.html" \
        --set vault.passphrase=fd:3 "$@" 3<pass.txt
}
cp s.txt waits.txt
cp echo.txt s.txt
(ulimit -c unlimited; exec "$outcry" run day.lua --venue signs --config s.conf $plugin --cash '10000 USDT' --session echoed \
    --listen none --set vault.passphrase=fd:3 3<pass.txt) >said/echoed 2>&1
grep -q 'bad \*\*\*\*' said/echoed || fail "what the venue said back is not in the log, cut out: $(cat said/echoed)"
clean said/echoed
cp waits.txt s.txt
run waits --listen "$w/run/socket" >said/waits 2>&1 &
for i in $(seq 300); do [ -S "$w/run/socket" ] && break; sleep 0.1; done
pid=$(pgrep -f "outcry run day.lua --venue signs.*--session waits" | head -1)
[ -n "$pid" ] || fail "the session is not there: $(cat said/waits)"
printf 'account\norders\nvenues()\nstatus\nlog\n' | "$outcry" console --attach "$w/run/socket" --trade >said/console 2>&1
tr '\0' '\n' <"/proc/$pid/environ" >said/environ
tr '\0' '\n' <"/proc/$pid/cmdline" >said/cmdline
cat "/proc/$pid/maps" >said/maps
[ "$(awk '/core file size/ {print $5}' "/proc/$pid/limits")" = 0 ] || fail "the process may leave a core"
awk '/VmFlags/ && / dd/ && / lo/ {n++} END {exit !n}' "/proc/$pid/smaps" || fail "no locked pages that are kept out of dumps"
gcore -o core.live "$pid" >gcore.out 2>&1 || fail "gcore: $(tail -2 gcore.out)"
kill -0 "$pid" || fail "the session ended under gcore"
finds "$w/hidden" core.live."$pid" && fail "a secret stands in a core of the live process: $(grep -aFof hidden core.live."$pid" | head -2)"
has_number core.live."$pid" && fail "the number of a key stands in a core of the live process"
grep -qaF "$order" core.live."$pid" || fail "the core holds nothing of the session: is it one?"
# In the process: only in pages that are locked and kept out of dumps.
perl -e '
    my ($pid, $secret) = @ARGV; my (@maps, $at);
    open S, "/proc/$pid/smaps" or die; while (<S>) {
        if (/^([0-9a-f]+)-([0-9a-f]+) (r)/) { $at = [hex $1, hex $2, ""]; push @maps, $at } elsif (/^[0-9a-f]+-/) { $at = undef }
        elsif (/^VmFlags: (.*)/ && $at) { $at->[2] = " $1 " } }
    open M, "<:raw", "/proc/$pid/mem" or die; my ($in, $out) = (0, 0);
    for my $m (@maps) { next if $m->[1] - $m->[0] > 1 << 28; sysseek M, $m->[0], 0; my $b = ""; sysread M, $b, $m->[1] - $m->[0] or next;
        my $n = () = $b =~ /\Q$secret\E/g; if ($m->[2] =~ / dd /) { $in += $n } else { $out += $n } }
    print "in $in out $out\n"; exit($in < 1 || $out > 0)' "$pid" "$secret" >memory || fail "the secret lies in the process: $(cat memory)"
kill -ABRT "$pid"
wait 2>/dev/null
pid=
ls core core.* "$w"/waits/core* 2>/dev/null | grep -v core.live && fail "the process left a core"
clean said/*

# What it recorded, its page, a report, a replay; and the same again under a wrong key.
"$outcry" report waits --report waits.html >said/report 2>&1
"$outcry" report waits --json >said/report.json 2>&1
"$outcry" replay waits --diff >said/replay 2>&1
find waits echoed -type f >files
while read -r file; do clean "$file"; done <files
[ "$(wc -l <files)" -gt 5 ] || fail "too few records: $(cat files)"
ls ./*.html >/dev/null 2>&1 && clean ./*.html
sed -i 's/lines > login.*/lines > something else/' s.txt
run differs --listen none >said/differs 2>&1 && fail "another login is taken"
grep -q '\*\*\*\*' said/differs || fail "the difference does not show what was cut out: $(cat said/differs)"
clean said/*
echo "canary: $(wc -l <patterns) forms of 5 secrets, in $(cat files said/* | wc -c) bytes of records and words and in a core: none"
