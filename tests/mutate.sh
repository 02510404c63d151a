#!/bin/sh
# mutate.sh [--seed N] [--count 100] [--only PATH] [--list] [--again] [--workers 2] [--limit 60]: do the tests see a wrong line? Mutants are drawn by seed from the
# fixed operators of tests/support/mutant.c over engine, journal, session, simulators and scripts. Each is planted in a copy of
# the tree, built incrementally, and shown to the fast suites named below, those of its room first, for 60 seconds; it is killed
# by the first that fails, or that takes many times as long as without it. What does not compile is drawn again. At most 5 of
# 100 may survive.
#
# The first mutants of the seed's order that compile are judged, so a seed always means the same ones. What was judged stands in
# build/mutate/SEED.txt, and a run that was stopped goes on from there. tests/mutate.equivalent lists mutants that change nothing a
# person, a venue or a restart could see: they are not drawn. --list prints what would be drawn, without a build;
# --again judges those that survived once more, as behind new tests.
set -u
cd "$(dirname "$0")/.." || exit 1
seed=1 count=100 workers=2 limit_s=60 list= again= only=
while [ $# -gt 0 ]; do
    case $1 in
    --seed) seed=$2 && shift ;;
    --count) count=$2 && shift ;;
    --workers) workers=$2 && shift ;;
    --limit) limit_s=$2 && shift ;;
    --only) only=$2 && shift ;;
    --list) list=yes ;;
    --again) again=yes ;;
    *) sed -n '2,11s/^# \{0,1\}//p' "$0" && exit 2 ;;
    esac
    shift
done
top=$PWD
out=$top/build/mutate
case $seed in '' | *[!0-9]*) echo "mutate: a seed is a number: $seed" && exit 2 ;; esac
number_of=$seed
[ -z "$only" ] || seed=$seed.$(echo "$only" | tr / _)
state=$out/$seed.txt
mkdir -p "$out"

# The suites of each room: first those that know it best, then those that see a whole run. Together less than 40 seconds.
engine="engine_test engine_edge_test engine_deny_test engine_hold_test engine_restore_test engine_suspend_test chain_test reduces_test
    orders_test portfolio_test position_test market_test timers_test bars_test groups_test groups_legs_test out_test save_test save_fields_test
    order_ids_test order_states_test stranger_test sums_test bust_test shown_test ask_venue_test own_way_test said_save_test said_alloc_test
    permissions_test grants_test chain_kept_test suspend_test amend_test terms_test versions_test rescale_test batch_test risk_test risk_state_test engine_walk_test venue_walk_test step_test fills_test instruments_test engine_alloc_test
    engine_clients_test reserve_test closing_test strategy_test strategy_reload_test strategy_run_test
    capital_test groups_again_test groups_trail_test oco_test protect_test protect_close_test protect_restart_test stop_slip_test script_feed_test
    depth_test books_test live_bars_test dust_test dust_legs_test statement_test closing_hand_test funds_test num_test venue_sim_test"
journal="journal_test journal_edge_test epoch_test journal_live_test meaning_test fills_test journal_fail_test journal_restore_test
    journal_checkpoint_test journal_end_test journal_os_test gap_test step_journal_test journal_crash fill_run_test fill_set_test fill_index_test journal_damage_test"
session="session_open_test pace_test plugin_watch_test session_data_test start_value_test step_test step_denied_test step_journal_test gap_test inbox_test sim_answers_test
    venues_test header_test session_checkpoint_test run_end_test ending_test intrabar_test session_alloc_test gap_restart_test parts_test parts_folders_test rules_test
    keys_test border_test border_venue_test venue_link_test venue_keys_test rules_change_test plugin_keys_test paper_keys_test
    console_service_test plugin_services_test names_again_test link_states_test venue_sim_test recorded_source intrabar accounts_run keys_session
    kill_test contact_test pool_test live_test venue_protect_keys_test
    venue_link_wants_test remade_test load_test load_venue_test verb_test plugin_services_test live_env binanceus_session"
script="strategy_test strategy_bytes_test script_walk_test script_api_test strategy_run_test strategy_reload_test strategy_state_test strategy_restart_test
    strategy_origin_test script_order_test script_guard_test indicators_test reference_test script_grid_test script_call_test library_walk_test
    sandbox_error_test sandbox_test sandbox_source_test reads_test pattern_test script_limit_test reach_test strategy_refusal_test
    script_bars_test script_book_test script_feed_test indicators_pair_test indicators_reference_test dust_script_test sandbox_escape_test"
sims="sim_bars_test sim_orders_test paper_test paper_side_test paper_state_test paper_walk_test paper_book_walk_test paper_twin_test paper_alloc_test paper_keys_test inbox_test sim_answers_test
    paper_levels_test hotpath_test entry_rules_test differential_ticks intrabar"
whole="golden lua_reference strategy_files steer first_session shell_show_test venue_run accounts_run steer_test strategy_errors meaning"
scripts="command_line findings_q histories differential differential_ticks intrabar golden lua_reference strategy_files strategy_errors" # all others are
scripts="$scripts steer first_session recorded_source venue_run accounts_run meaning keys_session live_env binanceus_session" # programs
meaning_rows='^(brackets|stops|timers|sma|ideal)_backtest|^(one_way|maker_and_taker|thin_market|ticks|fee_in_base_waits|denied_rate)|_slow$|^suspended|^killed_(rsi|brackets|two|hand)|^steered|^halted|^by_hand'
# Which of them stands for a room is said once: a suite that is not there is left out. Those of the room come first, then whole runs,
# then neighbours; within each group the quickest, once it is known.
suites_of() {
    case $1 in
    host/engine/*) set -- $engine / $whole histories / $session ;;
    host/journal/*) set -- $journal / $whole histories ;;
    host/session/*) set -- $session / $whole command_line findings_q histories / $engine ;;
    host/script/*) set -- $script / $whole ;;
    *) set -- $sims differential / $whole ;;
    esac
    for suite; do
        [ "$suite" = / ] || grep -qx "$suite" "$out/suites" && echo "$suite"
    done | awk -v times="$out/times" 'BEGIN { while ((getline line < times) > 0) { split(line, word, " "); time[word[1]] = word[2] } }
        $0 == "/" { group++; next }
        !seen[$0]++ { print group + 0, time[$0] + 0, $0 }' | sort -s -n -k 1,1 -k 2,2 | cut -d ' ' -f 3
}

# run_suite TREE NAME SECONDS
run_suite() {
    build=$1/build
    case $2 in
    meaning) timeout -k 1 "$3" sh "$1/tests/golden/meaning.sh" "$build/outcry" --only "$meaning_rows" ;;
    command_line | findings_q | strategy_errors | strategy_files | steer | first_session | recorded_source | venue_run | accounts_run | intrabar) timeout -k 1 "$3" sh "$1/tests/golden/$2.sh" "$build/outcry" ;;
    live_env) timeout -k 1 "$3" sh "$1/tests/venue/live_env.sh" "$build/outcry-venue" "$build/outcry" ;;
    binanceus_session) timeout -k 1 "$3" sh "$1/tests/venue/binanceus.sh" "$build/outcry-venue" "$build/outcry" ;;
    keys_session) timeout -k 1 "$3" sh "$1/tests/keys/session.sh" "$build/outcry" ;;
    golden) timeout -k 1 "$3" sh -c 'for file in "$1"/strategies/*.expect; do
        sh "$1/tests/golden/golden.sh" "$1/build/outcry" "$file" || exit 1; done' golden "$1" ;;
    histories) timeout -k 1 "$3" sh "$1/tests/golden/histories.sh" "$build/outcry" 1 6 ;;
    differential) timeout -k 1 "$3" sh "$1/tests/sim/differential.sh" "$build/outcry" "$build/tests/sim/reference" "$build/tests/sim/scenarios" 800 ;;
    differential_ticks) timeout -k 1 "$3" sh "$1/tests/sim/differential.sh" "$build/outcry" "$build/tests/sim/reference" "$build/tests/sim/tick_scenarios" 400 ;;
    lua_reference) "$build/outcry" help lua | cmp - "$1/docs/lua-reference.md" ;;
    journal_crash) timeout -k 1 "$3" "$build/tests/fault/journal_crash" --seeds 100 ;;
    venue_sim_test) timeout -k 1 "$3" "$build/tests/sim/venue_sim_test" ;;
    *) timeout -k 1 "$3" "$build/tests/$2" ;;
    esac >"$1/said" 2>&1 </dev/null
}

target_of() {
    case " $scripts " in
    *" $1 "*) echo outcry outcry-venue meaning_of sim_reference_program sim_scenarios sim_ticks example_loopback example_accounts example_nextopen connector_signs ;;
    load_test) echo load_test example_loopback example_accounts example_plain example_binbars example_maxqty example_afterfill example_nextopen ;;
    *) echo "$1" ;;
    esac
}

plugins=$(ls -d plugins/*/*/ | sed 's,/$,,; s,/,_,g; s/^plugins/plugin/')
# build TREE SUITE...
build() {
    build=$1/build
    shift
    targets=$plugins
    for suite; do targets="$targets $(target_of "$suite")"; done
    # shellcheck disable=SC2086 # a list
    cmake --build "$build" -j "$jobs" --target $targets >"$build/log" 2>&1
}

sources=$(git ls-files 'host/engine/*.c' 'host/journal/*.c' 'host/session/*.c' 'host/script/*.c' 'plugins/sims/*.c' | grep "^$only")
[ -n "$sources" ] || { echo "mutate: no file of the rooms begins with $only" && exit 2; }
${CC:-cc} -O1 -o "$out/mutant" tests/support/mutant.c || exit 1
# shellcheck disable=SC2086 # a list
EQUIVALENT=tests/mutate.equivalent "$out/mutant" draw "$number_of" $sources >"$out/queue.$seed" || exit 1
if [ -n "$list" ]; then
    head -n "$count" "$out/queue.$seed" | awk -F '\t' '{ printf "%s:%s\t%s\t%s\t%s\n", $1, $2, $3, $4, $8 }'
    exit 0
fi

if [ -f "$out/pid" ] && kill -0 "$(cat "$out/pid")" 2>/dev/null; then
    echo "mutate: another run is under way: $(cat "$out/pid")"
    exit 2
fi
echo $$ >"$out/pid"

# A copy of the tree for each worker, as it stands, built without much optimizing. What is read beyond an array traps: that costs
# next to nothing, and no library is needed.
git ls-files >"$out/files"
for worker in $(seq "$workers"); do
    tree=$out/tree.$worker
    mkdir -p "$tree"
    while read -r name; do # only what has changed, so that only that is built again
        [ -f "$name" ] || continue
        cmp -s "$name" "$tree/$name" || { mkdir -p "$tree/$(dirname "$name")" && cp "$name" "$tree/$name"; }
    done <"$out/files"
    (cd "$tree" && find host plugins sdk tests strategies -type f) | grep -vxFf "$out/files" | while read -r name; do
        rm "$tree/$name"
    done
    cmake -S "$tree" -B "$tree/build" -G Ninja -DBUILD_TESTING=ON -DCMAKE_BUILD_TYPE=Mutant "-DCMAKE_C_FLAGS_MUTANT=-O1 -w -fsanitize=bounds -fsanitize-undefined-trap-on-error" \
        >"$out/configure.$worker" 2>&1 || { tail -n 5 "$out/configure.$worker"; exit 1; }
done
{ ls tests/unit | sed -n 's/_test\.c$/_test/p'; printf '%s\n' journal_crash venue_sim_test; printf '%s\n' $scripts; } >"$out/suites"
all=$(for room in engine journal session script sims; do suites_of "host/$room/x"; done | sort -u)
jobs=$(nproc)
for worker in $(seq "$workers"); do
    # shellcheck disable=SC2086 # a list
    build "$out/tree.$worker" $all || { tail -n 20 "$out/tree.$worker/build/log"; exit 1; }
done
export MALLOC_PERTURB_=165 # what is read beyond a list is seen
unset OUTCRY_DATA OUTCRY_PLUGINS
export OUTCRY__RESEARCH__CHECKS=no OUTCRY__RESEARCH__TRIALS=no # as in run.sh
# a mutant without end does not take the machine along
ulimit -v 8000000
ulimit -f 4000000
ulimit -c 0
TMPDIR=$(mktemp -d) && export TMPDIR
trap 'rm -rf "$TMPDIR" "$out/pid"' EXIT
rm -f "$out/times"
for suite in $all; do # what fails without a mutant says nothing about one
    begin=$(date +%s)
    if run_suite "$out/tree.1" "$suite" 300; then
        echo "$suite $((10 + 8 * ($(date +%s) - begin)))" >>"$out/times"
        continue
    fi
    echo "mutate: $suite fails on the tree itself: left out"
    grep -vx "$suite" "$out/suites" >"$out/suites.new" && mv "$out/suites.new" "$out/suites"
done
jobs=1

locked() {
    until mkdir "$out/lock.$seed" 2>/dev/null; do sleep 0.05; done
    "$@"
    code=$?
    rmdir "$out/lock.$seed"
    return $code
}

# The number of the next mutant, none when enough are judged or under way.
next() {
    awk -F '\t' -v count="$count" -v busy="$(cat "$out"/busy."$seed".* 2>/dev/null | tr '\n' ' ')" '
        BEGIN { n = split(busy, list, " "); for (i = 1; i <= n; i++) taken[list[i]] = 1 }
        FILENAME == ARGV[1] { verdict[$4 FS $6 FS $7 FS $9] = $1; next }
        judged + n >= count { exit }
        ($1 FS $3 FS $4 FS $8) in verdict { judged += verdict[$1 FS $3 FS $4 FS $8] != "redrawn"; next }
        !(FNR in taken) { print FNR; exit }' "$state" "$out/queue.$seed" >"$out/next.$seed"
    number=$(head -n 1 "$out/next.$seed")
    [ -z "$number" ] || echo "$number" >"$out/busy.$seed.$1"
}

# note WORKER VERDICT SUITE SECONDS LINE
note() {
    printf '%s\t%s\t%s\t%s\n' "$2" "$3" "$4" "$(printf "%s\n" "$5" | cut -f 1-4,7-)" >>"$state"
    rm -f "$out/busy.$seed.$1"
}

# judge TREE FILE: sets verdict and suite.
judge() {
    verdict=SURVIVED
    suites=$(suites_of "$2") shown=0
    for suite in $suites; do
        shown=$((shown + 1))
        if [ $shown -le 4 ]; then # most are killed by these
            build "$1" "$suite" || { verdict=redrawn && return; }
        elif [ $shown = 5 ]; then # all others at once: quicker than one by one
            # shellcheck disable=SC2086 # a list
            build "$1" $suites || { verdict=redrawn && return; }
        fi
        run_suite "$1" "$suite" "$(awk -v name="$suite" '$1 == name { print $2 }' "$out/times")"
        case $? in
        0) ;;
        124 | 137) verdict=timeout && return ;;
        125 | 126 | 127) echo "mutate: $suite cannot be run" && verdict=redrawn && return ;;
        *) verdict=killed && return ;;
        esac
        [ $(($(date +%s) - begin)) -lt "$limit_s" ] || return
    done
    suite=-
}

work() {
    tree=$out/tree.$1
    while kill -0 $$ 2>/dev/null; do # the run that it belongs to
        locked next "$1"
        [ -n "$number" ] || break
        line=$(sed -n "${number}p" "$out/queue.$seed")
        file=$(printf "%s\n" "$line" | cut -f 1)
        begin=$(date +%s)
        "$out/mutant" plant "$(printf "%s\n" "$line" | cut -f 5)" "$(printf "%s\n" "$line" | cut -f 6)" "$(printf "%s\n" "$line" | cut -f 7)" \
            <"$file" >"$tree/$file"
        judge "$tree" "$file"
        cp "$file" "$tree/$file"
        locked note "$1" "$verdict" "$suite" "$(($(date +%s) - begin))" "$line"
    done
}

touch "$state"
if [ -n "$again" ]; then
    grep -v '^SURVIVED' "$state" >"$out/kept"
    mv "$out/kept" "$state"
fi
rm -f "$out"/busy."$seed".*
rmdir "$out/lock.$seed" 2>/dev/null
trap 'kill $pids 2>/dev/null; exit 1' INT TERM
pids=
for worker in $(seq "$workers"); do
    work "$worker" &
    pids="$pids $!"
done
wait

awk -F '\t' -v count="$count" '
    FILENAME == ARGV[1] { verdict[$4 FS $6 FS $7 FS $9] = $1; suite[$4 FS $6 FS $7 FS $9] = $2; next }
    { key = $1 FS $3 FS $4 FS $8 }
    !(key in verdict) || judged == count { next }
    verdict[key] == "redrawn" { redrawn++; next }
    {
        judged++
        said = verdict[key] == "killed" ? "killed by " suite[key] : "killed by time in " suite[key]
        if (verdict[key] == "SURVIVED") { survived++; said = "SURVIVED: " $8 }
        printf "%-40s %-26s %s\n", $1 ":" $2, $4, said
    }
    END {
        printf "%d mutants, %d survived, %d did not compile and were drawn again\n", judged, survived, redrawn
        exit survived * 20 > judged
    }' "$state" "$out/queue.$seed"
