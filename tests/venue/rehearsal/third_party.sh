#!/bin/sh
# third_party.sh OUTCRY_VENUE FOLDER FACE CLIENT PACKAGE...: a client made with npm packages of others trades at a face of the rehearsal venue.
# Without node, or without a registry, it skips.
set -u
venue=$(realpath "$1")
folder=$2
face=$3
client=$4
shift 4
here=$(dirname "$(realpath "$0")")
pid=
trap '[ -z "$pid" ] || kill -9 $pid 2>/dev/null' EXIT
trap 'exit 1' INT TERM
mkdir -p "$folder" && cd "$folder" || exit 1
command -v node >/dev/null && command -v npm >/dev/null || { echo "third_party: skip: node or npm is not there"; exit 77; }
first=${1%@*}
[ -d "node_modules/$first" ] || npm install --silent --no-audit --no-fund --prefix . "$@" >npm.log 2>&1 ||
    { echo "third_party: skip: the packages $* could not be had"; exit 77; }
cp "$here/$client" . || exit 1
rm -rf rehearsal
"$venue" "$face" --port 0 --every 50ms </dev/null >said 2>&1 &
pid=$!
for _ in $(seq 200); do grep -q '^account second' said && break; sleep 0.05; done
port=$(sed -n 's/^listens: localhost:\([0-9]*\).*/\1/p' said)
[ -n "$port" ] || { echo "third_party: the venue does not listen: $(cat said)"; exit 1; }
NODE_EXTRA_CA_CERTS=rehearsal/ca.pem node "$client" "localhost:$port" rehearsal || { cat said; exit 1; }
kill -TERM $pid
wait $pid || { echo "third_party: the venue ends with $?: $(cat said)"; exit 1; }
pid=
grep -q 'ledger: adds up' said || { echo "third_party: $(cat said)"; exit 1; }
