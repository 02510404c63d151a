#!/bin/sh
# outcry_conf.sh OUTCRY [write]: the groups of built-in plugins in etc/outcry.conf are those of their tables of keys, as `config keys`
# prints them: a key with a default is set to it, any other is a comment. `write` writes them.
set -u
outcry=$1
conf=$(cd "$(dirname "$0")/../.." && pwd)/etc/outcry.conf
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$outcry" config keys >"$work/keys" || exit 1
awk '
    function line(key, type, value, about,    text, is_set) {
        is_set = value != "unset"
        if (!is_set)
            value = type == "integer" ? 1 : (type == "duration" ? "1s" : (about ~ /[.][.]0?[.][0-9]+$/ ? "0.1" : "1"))
        if (type == "boolean")
            value = value == "yes" ? "true" : "false"
        else if (type != "integer")
            value = "\"" value "\""
        text = sprintf("        %s%s = %s;", is_set ? "" : "# ", key, value)
        return sprintf("%-37s # %s", text, about)
    }
    FNR == NR {
        if (split($1, part, ".") == 3) {
            about = $0
            sub(/^[^ ]+ +[^ ]+ +[^ ]+ +/, "", about)
            keys[part[1] "." part[2]] = keys[part[1] "." part[2]] line(part[3], $2, $3, about) "\n"
        }
        next
    }
    /^[a-z]+: \{$/ { section = $1; sub(/:/, "", section) }
    /^    [a-z_]+: \{$/ { name = $1; sub(/:/, "", name); print; inside = (section "." name) in keys
        if (inside) printf "%s", keys[section "." name]
        next }
    /^    \};$/ { inside = 0 }
    !inside' "$work/keys" "$conf" >"$work/conf"
if [ "${2:-}" = write ]; then
    cat "$work/conf" >"$conf"
elif ! diff "$conf" "$work/conf"; then
    echo "outcry_conf: etc/outcry.conf is not what the plugins declare: sh tests/golden/outcry_conf.sh OUTCRY write"
    exit 1
fi
