#!/bin/sh
# net_restart.sh PROGRAM OUTCRY PLUGIN CERTS [LIVES [SEED]]: net_restart in a folder of its own.
set -u
program=$(realpath "$1") outcry=$(realpath "$2") plugin=$(realpath "$3") certs=$(realpath "$4")
shift 4
w=$(mktemp -d)
trap 'rm -rf "$w"' EXIT
trap 'exit 1' INT TERM
mkdir -m 700 "$w/home" "$w/run" "$w/day_of"
unset XDG_STATE_HOME OUTCRY_PLUGINS
export HOME="$w/home" XDG_RUNTIME_DIR="$w/run" LC_ALL=C.UTF-8
"$program" "$outcry" "$plugin" "$certs" "$w/day_of" "$@" && exit 0
for log in "$w"/day_of/log*; do echo "== $log"; tail -n 12 "$log"; done >&2
[ -z "${KEEP:-}" ] || cp -r "$w/day_of" "$KEEP"
exit 1
