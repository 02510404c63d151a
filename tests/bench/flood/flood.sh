#!/bin/sh
# flood.sh [MARKETS [RATE [SECONDS]]]: 1,000 markets, 200,000 messages a second for 60 s, through TLS from a process on plain OpenSSL into the host's link, connector and
# order books (flood.c). It fails where a message is missing or a book is not what was said. FLOOD_BENCH: another program than that of build/release.
set -u
cd "$(dirname "$0")/../../.." || exit 1
bench=$(realpath "${FLOOD_BENCH:-build/release/tests/bench/flood/flood_bench}")
[ -x "$bench" ] || { echo "flood: $bench is not there: cmake --preset release -DBUILD_TESTING=ON && cmake --build build/release"; exit 1; }
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
export HOME="$scratch" XDG_RUNTIME_DIR="$scratch"
"$bench" "${bench%/tests/bench/flood/*}/plugins" "$@"
