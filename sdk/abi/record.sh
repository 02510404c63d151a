#!/bin/sh
# record.sh [--again]: records the layout text and the kept plugin of the ABI version in abi.h.
# A deliberate change before 1.0: raise OC_ABI_MINOR in sdk/include/outcry/abi.h, run this, commit both.
# --again records a version anew over an old record; only while that version was given to nobody.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
include=$here/../include
cc=${CC:-cc}
version=$(awk '/define OC_ABI_MAJOR/ { major = $3 } /define OC_ABI_MINOR/ { minor = $3 } END { print major "." minor }' \
    "$include/outcry/abi.h")
folder=$here/$version
if [ -f "$folder/layout.txt" ] && [ "${1:-}" != "--again" ]; then
    if sh "$here/gate.sh" "$include" "$cc"; then
        echo "ABI $version is recorded and holds. To add appended members to the record: --again" >&2
    fi
    exit 1
fi
mkdir -p "$folder"
sh "$here/layout.sh" "$include" "$cc" >"$folder/layout.txt"
"$cc" -std=c11 -O2 -fPIC -fvisibility=hidden -shared -nostartfiles -Wl,-z,defs -Wl,--as-needed -s -Wl,--build-id=none \
    -Wl,-z,max-page-size=4096 -I"$include" "$here/../examples/risk_maxqty/maxqty.c" -o "$folder/maxqty.$(uname -m).so"
echo "recorded ABI $version: $(wc -l <"$folder/layout.txt") lines, $(wc -c <"$folder/maxqty.$(uname -m).so") bytes of plugin"
