#!/bin/sh
# console_kill.sh OUTCRY KILLS [SEED]: a person trades by hand in a recorded session whose host is killed with -9 again and again, and
# goes on each time. Each order has a tag of its own. What was answered must be there, nothing may be there twice, what was not answered
# may be there once or not at all; and no process of the host stays behind.
set -u
outcry=$1
kills=${2:-12}
seed=${3:-1}
work=$(mktemp -d)
export OUTCRY__CONSOLE__LIMIT=10m # however busy the machine is
trap 'rm -rf "$work"' EXIT
mkdir -m 700 "$work/run"
export XDG_RUNTIME_DIR="$work/run" HOME="$work"
session="$work/session"
number=0
killed=0
: >"$work/answered"

console() { exec "$outcry" console --feed synthetic:200 --speed 20x --cash '100000000 USDT' --session "$session" "$@"; }

while [ $killed -lt "$kills" ]; do
    # a small generator of our own: 30 to 285 ms after the first answer
    seed=$(((seed * 1103515245 + 12345) % 2147483648))
    delay=$((30 + seed / 65536 % 256))
    rm -f "$work/in"
    mkfifo "$work/in"
    (console) >"$work/out" 2>"$work/err" <"$work/in" &
    pid=$!
    {
        i=0
        while [ $i -lt 4000 ]; do
            number=$((number + 1))
            i=$((i + 1))
            case $((number % 3)) in
            0) echo "buy(0.001, { tag = 't$number' }) print('done t$number')" ;;
            1) echo "sell(0.001, { tag = 't$number', price = m.last * 1.2 }) print('done t$number')" ;;
            2) echo "flatten() buy(0.002, { tag = 't$number' }) print('done t$number')" ;;
            esac
        done
    } >"$work/in" 2>/dev/null &
    writer=$!
    tries=0
    until grep -qs '^done' "$work/out"; do
        tries=$((tries + 1))
        [ $tries -lt 400 ] || { echo "kill $killed: the console answers nothing"; cat "$work/out" "$work/err"; exit 1; }
        kill -0 $pid 2>/dev/null || { echo "kill $killed: it did not go on"; cat "$work/out" "$work/err"; exit 1; }
        sleep 0.02
    done
    sleep "$(printf '0.%03d' $delay)"
    kill -9 $pid 2>/dev/null && killed=$((killed + 1))
    kill $writer 2>/dev/null
    wait $pid $writer 2>/dev/null
    grep '^done' "$work/out" | sed 's/^done //' >>"$work/answered"
    number=$((number + 4000))
done

# What the session holds in the end.
cat >"$work/last" <<'LUA'
for _, o in ipairs(orders("all", 8000)) do if o.tag ~= "" and o.tag ~= "flatten" then print("order " .. o.tag) end end
quit
LUA
(console) <"$work/last" >"$work/out" 2>&1 || { echo "the last start failed"; cat "$work/out"; exit 1; }
grep '^order ' "$work/out" | sed 's/^order //' | sort >"$work/held"
[ "$(uniq -d "$work/held" | wc -l)" = 0 ] || { echo "doubled: $(uniq -d "$work/held" | head)"; exit 1; }
sort "$work/answered" >"$work/answered.sorted"
lost=$(comm -13 "$work/held" "$work/answered.sorted" | head -5)
[ -z "$lost" ] || { echo "lost after $killed kills: $lost"; exit 1; }
extra=$(comm -23 "$work/held" "$work/answered.sorted" | wc -l)
[ "$extra" -le "$killed" ] || { echo "$extra orders that nobody was told of, after $killed kills"; exit 1; }
left=$(pgrep -f "$session" | wc -l)
[ "$left" = 0 ] || { echo "$left processes stayed behind"; exit 1; }
"$outcry" replay "$session" --diff >"$work/out" 2>&1 || { echo "after $killed kills its replay differs"; cat "$work/out"; exit 1; }
echo "$killed kills, $(wc -l <"$work/answered") orders answered, $extra more carried out unanswered: none lost, none doubled, and its replay agrees"

# A command that was recorded, and nothing of what it asked for: the journal is cut right behind it. Going on carries it out, once.
session="$work/cut"
rm -f "$work/in"
mkfifo "$work/in"
(exec "$outcry" console --feed synthetic:1 --session "$session") >"$work/out" 2>&1 <"$work/in" &
pid=$!
exec 9>"$work/in"
echo 'pause() step(5) print("there") buy(0.1, { price = 30000, tag = "cut" }) print("done")' >&9
tries=0
until grep -qs '^done' "$work/out"; do
    tries=$((tries + 1))
    [ $tries -lt 400 ] || { echo "the console answers nothing"; cat "$work/out"; exit 1; }
    sleep 0.02
done
kill -9 $pid
wait $pid 2>/dev/null
exec 9>&-
records="$session/orders-000000.oj"
word() { od -An -v -t "u$3" -j "$2" -N "$3" "$1" | tr -d ' '; }
text=$(grep -abo 'buy	BTC' "$records" | head -1 | cut -d: -f1)
end=$((text - 64 + $(word "$records" $((text - 64)) 4)))
dd if=/dev/zero of="$records" bs=1 seek=$end count=8192 conv=notrunc 2>/dev/null
written=$("$outcry" replay "$session" 2>&1 | sed -n 's/.*records end here, \([0-9]*\) had been written.*/\1/p')
place=$(od -An -v -t u8 -w8 "$session/live" | tr -d ' ' | grep -nx "$written" | head -1 | cut -d: -f1)
[ -n "$place" ] || { echo "the journal could not be cut: $written"; exit 1; }
printf "$(printf '\\%03o\\%03o' $((end % 256)) $((end / 256 % 256)))" |
    dd of="$session/live" bs=1 seek=$(((place - 1) * 8)) conv=notrunc 2>/dev/null
for start in first second; do
    printf 'pause()\nprint("orders " .. #orders("all"))\nprint(explain("o1").callback.who)\nquit\n' |
        "$outcry" console --feed synthetic:1 --session "$session" >"$work/out" 2>&1 || { cat "$work/out"; exit 1; }
    grep -qx 'orders 1' "$work/out" || { echo "$start start behind a cut journal: expected one order"; cat "$work/out"; exit 1; }
done
# Another feed, other money, another seed or a strategy more is another session: refused, and nothing is recorded.
sum=$(cat "$session"/orders-*.oj "$session/live" | cksum)
for other in "--feed synthetic:2" "--feed synthetic:1 --seed 2" "--feed synthetic:1 --cash 5" "--feed synthetic:1 --fee taker=0" \
    "--feed synthetic:1 $(dirname "$0")/../../strategies/buy_and_hold.lua"; do
    # shellcheck disable=SC2086
    echo quit | "$outcry" console $other --session "$session" >"$work/out" 2>&1 && { echo "gone on with as $other"; exit 1; }
    grep -q 'is another one' "$work/out" || { echo "$other: the reason is not said"; cat "$work/out"; exit 1; }
done
[ "$sum" = "$(cat "$session"/orders-*.oj "$session/live" | cksum)" ] || { echo "what was refused has changed the journal"; exit 1; }
echo "a command that was only recorded is carried out once"
