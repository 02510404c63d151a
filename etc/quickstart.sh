#!/bin/sh
# quickstart.sh: from a bare Debian 12 to a strategy that traded: installs what is missing, builds the release, runs a
# backtest on built-in data and writes its report page. Safe to run again.
set -eu
cd "$(dirname "$0")/.."
sh etc/packages.sh gcc cmake ninja-build pkg-config liblua5.4-dev libconfig-dev libjson-c-dev libxxhash-dev libedit-dev libssl-dev libcurl4-openssl-dev libwslay-dev libsqlite3-dev zlib1g-dev libjs-dygraphs
[ -f build/release/build.ninja ] || cmake --preset release -DBUILD_TESTING=OFF -DOUTCRY_LTO=OFF >/dev/null
cmake --build build/release -j "$(nproc)" | tail -n 1
mkdir -p build/quickstart
echo
echo "\$ outcry backtest strategies/sma_cross.lua synthetic-bars:20000 --cash '10000 USDT' --fee taker=0.1%"
build/release/outcry backtest strategies/sma_cross.lua synthetic-bars:20000 -p fast=60 -p slow=240 --cash "10000 USDT" --fee taker=0.1% \
    --report "$PWD/build/quickstart/report.html"
echo
echo "the program is build/release/outcry; next: docs/strategy-guide.md, or your own file:"
echo "  build/release/outcry backtest strategies/rsi_reversion.lua YOUR.csv --cash '10000 USDT'"
echo "or trade by hand, on synthetic prices: build/release/outcry console"
