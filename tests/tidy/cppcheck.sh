#!/bin/sh
# cppcheck.sh: cppcheck over product code; any finding fails.
cd "$(dirname "$0")/../.." || exit 1
mkdir -p build/cppcheck
cppcheck --quiet --std=c11 --language=c --error-exitcode=1 --enable=warning,portability,performance \
    --inline-suppr --suppress=missingIncludeSystem --suppress=preprocessorErrorDirective --suppress=normalCheckLevelMaxBranches \
    --cppcheck-build-dir=build/cppcheck -j "$(nproc)" -D__x86_64__ -D__linux__ -D_GNU_SOURCE -DNULL=0 \
    -I host -I sdk -I sdk/include host plugins sdk/examples && echo "cppcheck: clean"
