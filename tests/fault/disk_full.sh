#!/bin/sh
# disk_full.sh OUTCRY: a paper session whose disk is full (A2): said loudly, nothing new is opened, closes go on, the exit code says
# it; and one whose disk has space again: it takes risk again behind a checkpoint, its report names the gap, and it is gone on with.
# A small file system of its own is needed: skips where none may be mounted.
set -u
outcry=$(realpath "$1")
w=$(mktemp -d)
mkdir "$w/disk"
trap 'umount "$w/disk" 2>/dev/null; rm -rf "$w"' EXIT
trap 'exit 1' INT TERM
mount -t tmpfs -o size=40m none "$w/disk" 2>/dev/null || { echo "skip: disk_full needs the right to mount a small file system"; exit 0; }
cd "$w" || exit 1
fail() { echo "disk full: $*"; exit 1; }
cat >fill.lua <<'LUA'
-- buys at every bar and closes now and then: what it was refused is counted
function on_bar(m, b)
  local order, err = m:buy(0.0001)
  if not order then
    state.refused = (state.refused or 0) + 1
    if state.refused == 1 then print("first refusal: " .. err.code) end
  elseif state.refused and not state.again then
    state.again = true
    print("taken again")
  end
  if m.position.qty > 0.5 then m:close() end
end
function on_order(m, order)
  if order.state == "DENIED" and order.reason == "JOURNAL_FAILED" and not state.told then state.told = true print("told: " .. order.reason) end
end
LUA
run() { # BARS [SPEED]
    "$outcry" paper fill.lua --feed "synthetic-bars:$1" --speed "${2:-max}" --cash '100000 USDT' --session disk/s --listen none --end hold \
    --set risk.message_rate.rate=1000000 --json
}

# 1. Full, and it stays so.
head -c 19M /dev/zero >disk/ballast
run 60000 >out.json 2>err
code=$?
[ $code = 1 ] || { cat err; fail "exit $code, expected 1"; }
grep -q 'nothing new is opened' err || { cat err; fail "that nothing new is opened is not said"; }
grep -q 'first refusal: JOURNAL_FAILED' err || { cat err; fail "m:buy did not return JOURNAL_FAILED"; }
grep -q 'the journal failed: [0-9]* records are missing' err || { cat err; fail "the end does not say what is missing"; }
jq -e '.notes | map(test("the journal failed")) | any' out.json >/dev/null || fail "the report does not say it"
"$outcry" report disk/s >out 2>&1 || { cat out; fail "the records that are there cannot be read"; }

# 2. Full for a while.
rm -rf disk/s
run 400000 3000000x >out.json 2>err & # 8 s: the host looks for space once a second
pid=$!
tries=0
until grep -q 'nothing new is opened' err; do
    tries=$((tries + 1))
    [ $tries -lt 600 ] && kill -0 $pid 2>/dev/null || { cat err; fail "the disk was never full"; }
    sleep 0.05
done
sleep 1 # so that facts are missing too, most often
rm disk/ballast
mount -o remount,size=400m "$w/disk"
wait $pid
code=$?
grep -q 'it takes records again' err || { cat err; fail "space that came back was not found"; }
grep -q 'taken again' err || { cat err; fail "no risk was taken again"; }
[ $code = 0 ] || { cat err; fail "exit $code behind the gap, expected 0"; }
"$outcry" report disk/s --json >report.json 2>err || { cat err; fail "its report"; }
jq -e '.notes | map(test("the journal failed 1 times")) | any' report.json >/dev/null || { jq .notes report.json; fail "the report does not name the gap"; }
"$outcry" replay disk/s >out 2>&1
grep -q 'the journal failed 1 times' out || { cat out; fail "the replay does not name the gap"; }
# Not with an older truth: without the checkpoint that holds what was not recorded it is not gone on with.
missing=$(jq -r '.notes | map(capture("(?<n>[0-9]+) facts of then").n) | .[0]' report.json)
mkdir disk/aside
mv disk/s/checkpoint-* disk/aside || fail "there is no checkpoint"
for file in disk/aside/*; do printf x >"disk/s/${file##*/}"; done
if [ "$missing" -gt 0 ]; then
    run 400100 >damaged.json 2>err && fail "it goes on without the checkpoint of the gap"
    grep -q "$missing facts before record [0-9]* were applied while its journal failed" err || { cat err; fail "that the checkpoint of the gap is damaged is not said"; }
fi
"$outcry" report disk/s >out 2>&1 || { cat out; fail "without the checkpoint there is no report"; }
grep -q 'the journal failed 1 times' out || { cat out; fail "that report does not name the gap"; }
mv disk/aside/* disk/s
# Gone on with: what was not recorded stands in the checkpoint.
position=$(jq -r '.positions' out.json)
run 400100 >on.json 2>err || { cat err; fail "it does not go on"; }
[ "$(jq '.trades.fills' on.json)" -gt "$(jq '.trades.fills' out.json)" ] || fail "fills: $(jq .trades.fills on.json) after $(jq .trades.fills out.json)"
echo "a full disk: said, nothing new opened, and gone on behind the gap when there is space again; $missing facts stood in a checkpoint alone"
