#!/bin/sh
# sabotage.sh SDK_DIR CC: each deliberate break of the layout turns the gate red; an appended member does not.
set -eu
sdk=$1
cc=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# try NAME WANTED FILE SED_SCRIPT: changes a copy of the headers and asks the gate.
try()
{
    rm -rf "$work/include"
    cp -R "$sdk/include" "$work/include"
    sed "$4" "$sdk/include/outcry/$3" >"$work/include/outcry/$3"
    if cmp -s "$sdk/include/outcry/$3" "$work/include/outcry/$3"; then
        echo "FAIL $1: the sabotage changed nothing in $3; adapt it to the header" >&2
        exit 1
    fi
    if sh "$sdk/abi/gate.sh" "$work/include" "$cc" >"$work/out" 2>&1; then got=green; else got=red; fi
    if [ "$got" != "$2" ]; then
        echo "FAIL $1: the gate is $got, wanted $2" >&2
        cat "$work/out" >&2
        exit 1
    fi
    if [ "$got" = red ] && ! grep -q "no longer true" "$work/out"; then
        echo "FAIL $1: the gate is red for another reason" >&2
        cat "$work/out" >&2
        exit 1
    fi
    echo "ok $1: $got"
}

try "insertion" red risk.h '/^struct oc_risk {/,/^};/ s/    uint32_t flags;.*/    uint32_t flags; uint64_t inserted;/'
try "retype of the same size" red event_market.h '/^struct oc_ev_trade {/,/^};/ s/int64_t price;/uint64_t price;/'
try "reorder" red event_market.h '/^struct oc_ev_quote {/,/^};/ { s/int64_t bid;/int64_t was_bid;/; s/int64_t ask;/int64_t bid;/; s/was_bid/ask/; }'
try "an event number given anew" red event.h 's/OC_EV_FILL = 50/OC_EV_FILL = 51/'
try "an id that says something else" red plugin.h 's|outcry.risk/0.1|outcry.risk/0.2|'
try "an embedded struct that grows" red dec.h 's|    uint32_t zero;.*|    uint32_t zero; uint64_t more;|'
try "P11: a typedef of another width" red abi.h 's/typedef int32_t oc_rc;/typedef int64_t oc_rc;/'
try "P11: a typedef of another sign" red abi.h 's/typedef int32_t oc_rc;/typedef uint32_t oc_rc;/'
try "a macro that cuts an instrument elsewhere" red event.h 's/((inst) >> 8)/((inst) >> 9)/'
try "P11: a macro that asks for less of a struct" red abi.h '/define OC_HAS/,/[^\\]$/ s/>=/>/'
try "an appended member" green risk.h '/^struct oc_verdict {/,/^};/ s/^};/    uint64_t appended;};/'
echo "11 passed, 0 failed"
