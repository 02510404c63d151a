#!/bin/sh
# run.sh [STAGE...]: installs what is missing, builds, and passes the tests. Without words every stage runs but the last two:
#   release unit tests and golden runs   gate instructions an operation   asan   tsan   clang (same hashes)   static   fuzz   coverage   cost
# Ends with a table of where the time went and one line that counts all tests. Logs: build/logs.
set -u
cd "$(dirname "$0")/.."
stages="${*:-release gate clang asan tsan fuzz static}"
jobs=$(nproc)
mkdir -p build/logs
export OUTCRY__RESEARCH__CHECKS=no OUTCRY__RESEARCH__TRIALS=no OUTCRY__HISTORY__WRITE=no # backtests of tests ask nothing about themselves, and are in no history
passed=0
failed=0
table=""

sh etc/packages.sh gcc clang clang-format cmake ninja-build pkg-config liblua5.4-dev libconfig-dev libjson-c-dev libxxhash-dev libedit-dev \
    g++ libssl-dev libcurl4-openssl-dev libwslay-dev libsqlite3-dev libwebsockets-dev openssl zlib1g-dev libjs-dygraphs libcmocka-dev libclang-rt-14-dev clang-tidy cppcheck valgrind gcovr binutils jq tmux strace gdb msmtp-mta || exit 1
if [ -z "${OUTCRY_DATA:-}" ]; then
    echo "OUTCRY_DATA is not set: tests on real market data skip"
fi

# told LOG: the first lines of what each failed test of ctest printed.
told() {
    awk '/^ *[0-9]+\/[0-9]+ Test +#/ { left = /\*\*\*/ ? 40 : 0 } /^ +Start +[0-9]+:/ { next } left-- > 0' "$1" | cut -c 1-300 | head -n 200
}

# stage NAME COMMAND...: runs it, keeps the log, adds ctest's counts (or one test for a plain command).
stage() {
    name=$1
    shift
    case " $stages " in *" ${name%%-*} "*) ;; *) return 0 ;; esac
    log=build/logs/$name.log
    begin=$(date +%s)
    echo "== $name"
    if "$@" >"$log" 2>&1; then code=0; else code=$?; fi
    seconds=$(($(date +%s) - begin))
    line=$(grep -E "tests passed, [0-9]+ tests failed out of" "$log" | tail -n 1)
    if [ -n "$line" ]; then
        bad=$(echo "$line" | sed -E 's/.*, ([0-9]+) tests failed out of.*/\1/')
        all=$(echo "$line" | sed -E 's/.*out of ([0-9]+).*/\1/')
        [ "$code" -ne 0 ] && [ "$bad" -eq 0 ] && bad=1 && all=$((all + 1))
        passed=$((passed + all - bad))
        failed=$((failed + bad))
    elif [ "$code" -eq 0 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
    fi
    if [ "$code" -ne 0 ]; then
        echo "   FAILED; from $log:"
        grep -nE "error:|FAILED|Failed|\*\*\*|ERROR" "$log" | tail -n 30
        told "$log"
        tail -n 15 "$log"
    fi
    grep -hE "^(skip|SKIP|[a-z_]+: skip)" "$log" | sort -u | head -n 10
    table="$table$(printf '%-22s %5s s  %s' "$name" "$seconds" "${line:-exit $code}")
"
}

# build TREE [OPTION...]
build() {
    tree=$1
    shift
    cmake --preset "$tree" -DBUILD_TESTING=ON "$@" && cmake --build "build/$tree" -j "$jobs"
}
build_program() { cmake --preset "$1" -DBUILD_TESTING=OFF -DCMAKE_C_FLAGS=-march=native && cmake --build "build/$1" -j "$jobs"; }
build_fuzzers() { cmake --preset fuzz && cmake --build build/fuzz -j "$jobs" --target fuzzers; }
# One more than there are cores: many tests wait for another process.
check() {
    tree=build/$1
    shift
    ctest --no-tests=error --test-dir "$tree" --output-on-failure -j $((jobs + 1)) "$@"
}

# Without the optimisation at the link, as the quickstart builds it: that alone would take half as long again.
stage release-build build release -DOUTCRY_LTO=OFF
# What costs of many instruments, strategies and orders are counted in, minute by minute, is a stage of its own: cost.
stage release-test check release -E '^(scale_S4_S5|orders_elsewhere_S2)$'
stage cost-instructions check release -R '^(scale_S4_S5|orders_elsewhere_S2)$'
stage gate-instructions sh tests/bench/gate.sh
stage clang-build build_program clang
stage asan-build build asan
# What reads the tree, compares pages, or waits for other programs most of its time, is the same in each build.
stage asan-test check asan -E '^(tree|unused|circles|docs_names|lua_reference|console_reference|outcry_conf|live_feed|research|luck|docs|golden_console_limits|golden_declared_defaults|outside_settings|outside_chains|outside_author|abi_layout|golden_lookahead|golden_cheats|keys_verb|keys_mcp|rehearsal_third_party|outside_rehearsal_venue|outside_venues_binanceus|outside_venues_oanda|outside_venues_coinbase|binanceus_third_party|oanda_third_party|coinbase_third_party|order_page|protect_binanceus|protect_coinbase|history_venue|history|contact_run|age_run|many_symbols|data_fetch|reconcile_run|resync_run|outside_portfolio|protect_plain|paper_fees_binanceus|paper_fees_coinbase|paper_fees_oanda|flood_bench|hours_long_goes_on|live_env|three_kill|vanish_run|venue_info|report_page|plugin_skeleton|outside_pages|outside_tarn|abi_sabotage|abi_outside|abi_cxx|guide_keys|plugin_run_check|meaning|findings_q|golden_intrabar|kill_run|outside_refused|outside_first_plugin|outside_first_connector|outside_restart|outside_use|outside_venue|armed_terminal|try_run|exit_run|outside_live|named_venue|alerts|watching|outside_live_day|report_run|told_run)$'
# What more than one thread has a part in.
threads='ring|journal|env|feed|gap|net_|network|step_test|venues|session_checkpoint|sandbox_test|connector|console_server|console_service|console_pipe|console_attach|console_edit|console_killed|golden_console_(live|replay)'
stage tsan-build build tsan "-DOUTCRY_UNIT_TESTS=$threads"
stage tsan-test env TSAN_OPTIONS="suppressions=$PWD/tests/tsan.txt" ctest --no-tests=error --test-dir build/tsan --output-on-failure -j "$jobs" \
    -R "$threads" -E 'journal_(damage|crash|edge)|^outside_'
stage coverage-build build coverage
stage coverage-test sh tests/coverage.sh
stage clang-hashes sh tests/parity/hashes.sh
stage fuzz-build build_fuzzers
stage fuzz-test ctest --no-tests=error --test-dir build/fuzz --output-on-failure -j "$jobs" -R '_fuzz$'
stage static-format sh tests/tidy/format.sh
stage static-cppcheck sh tests/tidy/cppcheck.sh
stage static-tidy sh tests/tidy/clang_tidy.sh

echo
echo "where the time went"
printf '%s' "$table"
[ -f build/logs/coverage-test.log ] && grep -E "^(engine|journal)" build/logs/coverage-test.log
echo
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
