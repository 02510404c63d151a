#!/bin/sh
# soak.sh [FOLDER]: the long runs, by name and not in CI: 10 million fills on disk with checkpoints and the index of fills
# (about 6 GB in FOLDER, removed afterwards), then 100 million with the segments recycled in memory. Prints memory and time
# a fill for each million: both stay flat. Exit 1 where a fill, a duplicate or a figure is not exact.
set -u
cd "$(dirname "$0")/../.." || exit 1
soak=${SOAK_BINARY:-build/release/tests/bench/soak}
[ -x "$soak" ] || { echo "soak: $soak is not there: cmake --preset release -DBUILD_TESTING=ON && cmake --build build/release"; exit 1; }
mkdir -p build
folder=${1:-$(mktemp -d build/soak.XXXXXX)} || exit 1
"$soak" --fills "${SOAK_DISK:-10000000}" --index --dir "$folder"
code=$?
rm -f "$folder"/orders-* "$folder"/market-* "$folder"/checkpoint-* "$folder"/fills-* "$folder"/session-* "$folder"/live "$folder"/epoch
rmdir "$folder" 2>/dev/null
[ $code = 0 ] || exit $code
"$soak" --fills "${SOAK_MEMORY:-100000000}"
