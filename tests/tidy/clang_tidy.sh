#!/bin/sh
# clang_tidy.sh: clang-tidy over product code with the checks of .clang-tidy; any finding fails.
cd "$(dirname "$0")/../.." || exit 1
[ -f build/clang/compile_commands.json ] || cmake --preset clang >/dev/null || exit 1
git ls-files 'host/*.c' 'plugins/*.c' | xargs -P "$(nproc)" -n 8 clang-tidy --quiet -p build/clang 2>build/logs/tidy.err |
    grep -E "warning:|error:" | sort -u >build/logs/tidy.txt
cat build/logs/tidy.txt
[ ! -s build/logs/tidy.txt ] && echo "clang-tidy: clean"
