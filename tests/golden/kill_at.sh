# kill_at.sh: kill_at STEPS, for a script with go(), fail() and pid: a console goes on with the session `cut`, makes so many steps and is
# killed with -9 where it stands.
kill_at() {
    rm -f in
    mkfifo in
    (go console cut --paused) >said 2>&1 <in &
    pid=$!
    exec 9>in
    printf '%s\nprint("it " .. "stands")\n' "$([ "$1" = 0 ] || echo "step $1")" >&9
    tries=0
    until grep -q 'it stands' said; do
        tries=$((tries + 1))
        [ $tries -lt 1200 ] || fail "step $1 is not answered: $(tail -n 5 said)"
        kill -0 $pid 2>/dev/null || fail "step $1: it ends: $(tail -n 5 said)"
        sleep 0.05
    done
    kill -9 $pid
    wait $pid 2>/dev/null
    pid=
    exec 9>&-
}
