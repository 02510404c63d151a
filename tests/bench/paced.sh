#!/bin/sh
# paced.sh OUTCRY [SECONDS]: a paced session with a folder, 10,000 events a second: what the engine's thread asks the system for between its first
# and its last wait, by strace. It waits for the clock, asks for memory for tables that grow, and wakes workers; a call that could block
# (a file, a sync, a lock, a socket) is a failure. Then, without strace: the CPU time of all threads an event, which is shown.
set -u
outcry=$(realpath "$1")
seconds=${2:-4}
command -v strace >/dev/null || { echo "paced: skip: strace is not installed"; exit 77; }
strace -c -o /dev/null true 2>/dev/null || { echo "paced: skip: ptrace is not permitted here"; exit 77; }
strategy=$(realpath "$(dirname "$0")/../../strategies/sma_cross.lua")
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
${CC:-cc} -O2 -D_GNU_SOURCE -o "$scratch/timer" "$(dirname "$0")/timer.c" || exit 1
cd "$scratch" || exit 1
events=$((seconds * 10000))
run() { # FOLDER WORDS...: bars of a minute, 10,000 of them a second
    folder=$1
    shift
    "$@" "$outcry" paper "$strategy" --feed synthetic-bars:$events --cash '100000 USDT' --session "$folder" --speed 600000 --listen none --json
}
run traced strace -f -o calls >traced.json 2>said || { cat said; exit 1; }
[ "$(jq '.speed.market_events' traced.json)" = $events ] && [ "$(jq '.trades.fills > 100' traced.json)" = true ] ||
    { echo "paced: the session did not run: $(jq -c '.speed, .trades.fills' traced.json)"; exit 1; }
# The engine's thread is the one that waits for the clock most often.
thread=$(awk '/clock_nanosleep/ { print $1 }' calls | sort | uniq -c | sort -rn | awk 'NR == 1 { print $2 }')
awk -v thread="$thread" '$1 == thread' calls >engine
first=$(grep -n clock_nanosleep engine | head -n 1 | cut -d: -f1) last=$(grep -n clock_nanosleep engine | tail -n 1 | cut -d: -f1)
sed -n "${first},${last}p" engine | grep -v 'SIG' | sed 's/^[0-9]* *//' >between
grep -vE '^(<... )?(clock_nanosleep|brk|mmap|munmap|mremap|madvise|rt_sigreturn|restart_syscall)|^futex\([^,]*, FUTEX_WAKE' between >blocks
echo "engine's thread: $(wc -l <between) calls for $events events, $(grep -c clock_nanosleep between) of them waits for the clock, $(wc -l <blocks) that could block"
[ -s blocks ] && { sort blocks | uniq -c | sort -rn | head; exit 1; }
[ "$(grep -c clock_nanosleep between)" -gt $((events / 20)) ] || { echo "paced: the engine's thread was not found"; exit 1; }
run plain ./timer 1 >plain.json 2>said
tail -n 1 plain.json | awk -v events=$events '{ printf "CPU time of all threads, the start included: %.1f us an event\n", $4 * 1000 / events }'
