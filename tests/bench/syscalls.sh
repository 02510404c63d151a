#!/bin/sh
# syscalls.sh OUTCRY: no system call between event and order, shown by strace as the difference of two runs that differ
# only in their number of bars (with some 39 orders and fills a thousand bars). Each call must occur exactly as often in
# the longer run, with two exceptions that are bounded:
#   - brk, mmap, munmap, mremap: tables that grow with the run (fills remembered, round trips, the curve) double now and
#     then; at most 40 for 100,000 bars, measured 3 to 19;
#   - with the journal in a folder, futex and madvise: the worker that makes the next MiB of the map ready is woken once
#     a MiB; at most 24 for 100,000 bars, measured 6.
set -u
export OUTCRY__RESEARCH__CHECKS=no OUTCRY__RESEARCH__TRIALS=no # a run alone, and nothing of it is counted
outcry=$1
[ -x "$outcry" ] || { echo "syscalls: $outcry is not there"; exit 1; }
command -v strace >/dev/null || { echo "syscalls: skip: strace is not installed"; exit 77; }
strace -c -o /dev/null true 2>/dev/null || { echo "syscalls: skip: ptrace is not permitted here"; exit 77; }
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
short=120000
long=220000
bad=0

trace() { # FILE COMMAND...: one line a call, "name count"
    file=$1
    shift
    strace -f -c -o "$scratch/table" "$@" >"$scratch/out" 2>&1 || { cat "$scratch/out"; return 1; }
    awk '$1 ~ /^[0-9.]+$/ && $NF != "total" {print $NF, $4}' "$scratch/table" | sort >"$file"
}

# compare NAME MEMORY_MAX WORKER_MAX
compare() {
    join -a1 -a2 -e0 -o 0,1.2,2.2 "$scratch/short" "$scratch/long" |
        awk -v name="$1" -v memory_max="$2" -v worker_max="$3" '
        { more = $3 - $2; if (!more) next
          if ($1 ~ /^(brk|mmap|munmap|mremap)$/) memory += more > 0 ? more : -more
          else if (worker_max && $1 ~ /^(futex|madvise)$/) worker += more > 0 ? more : -more
          else { other += more > 0 ? more : -more; words = words " " $1 (more > 0 ? "+" : "") more } }
        END { printf "%-22s %5d extra calls for 100,000 bars, %d for memory that grows, %d of the journal worker%s\n",
                  name, other, memory, worker, words
              exit (other > 0 || memory > memory_max || worker > worker_max) }' || {
        echo "syscalls: $1: more than is allowed (0, $2, $3)"
        bad=1
    }
}

run() { # NAME WORKER_MAX COMMAND...: N stands for the number of bars
    name=$1 worker=$2
    shift 2
    for length in short long; do
        [ $length = short ] && n=$short || n=$long
        trace "$scratch/$length" sh -c "$(echo "$*" | sed "s/%N/$n/g")" || { bad=1; return; }
        rm -rf "$scratch/session"
    done
    compare "$name" 40 "$worker"
}

cat >"$scratch/cross.lua" <<'L'
strategy { name = "cross" }
function on_init(m) m.fast, m.slow = m:sma(10), m:sma(30) end
function on_bar(m, b)
  if cross_above(m.fast, m.slow) then m:buy { quote_qty = account.cash }
  elseif cross_below(m.fast, m.slow) then m:close() end
end
L
run "Lua, in memory" 0 "BENCH_N=%N exec '$outcry' bench bars"
run "C, order at each bar" 0 "BENCH_N=%N exec '$outcry' bench order"
run "backtest" 0 "exec '$outcry' backtest '$scratch/cross.lua' synthetic-bars:%N --cash '10000 USDT' \
    --set strategy.deadline=0 --quiet"
run "journal in a folder" 24 "BENCH_SESSION='$scratch/session' BENCH_N=%N exec '$outcry' bench bars"

# The count itself must be able to fail: a program that makes one more call must be seen.
trace "$scratch/short" sh -c 'exec cat /dev/null' && trace "$scratch/long" sh -c 'exec cat /dev/null /dev/null' || bad=1
(compare control 40 0) >"$scratch/control"
grep -q "openat+1" "$scratch/control" || { echo "syscalls: the control was not seen"; cat "$scratch/control"; bad=1; }
exit $bad
