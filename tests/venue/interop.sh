#!/bin/sh
# interop.sh CLIENT CERTS FOLDER SERVER...: our link against a server of somebody else: SERVER PORT CERTIFICATE KEY says "port N".
# SERVER `npm`: ws_venue.mjs, whose package comes from the registry into FOLDER; without node, or without a registry, it skips.
set -u
client=$1 certs=$2 folder=$3
shift 3
here=$(dirname "$(realpath "$0")")
pid=
trap '[ -z "$pid" ] || kill -9 $pid 2>/dev/null' EXIT
trap 'exit 1' INT TERM
mkdir -p "$folder" || exit 1
if [ "$1" = npm ]; then
    command -v node >/dev/null && command -v npm >/dev/null || { echo "interop: skip: node or npm is not there"; exit 77; }
    [ -d "$folder/node_modules/ws" ] || npm install --silent --no-audit --no-fund --prefix "$folder" ws@8.18.0 >"$folder/npm.log" 2>&1 ||
        { echo "interop: skip: the package ws could not be had"; exit 77; }
    cp "$here/ws_venue.mjs" "$folder/" || exit 1
    set -- node "$folder/ws_venue.mjs"
fi
rm -f "$folder/port"
"$@" 0 "$certs/good.pem" "$certs/good.key" >"$folder/port" 2>"$folder/err" &
pid=$!
for _ in $(seq 200); do [ -s "$folder/port" ] && break; sleep 0.05; done
port=$(sed 's/port //' "$folder/port")
[ -n "$port" ] || { echo "interop: the server does not listen"; cat "$folder/err"; exit 1; }
"$client" "localhost:$port"
