#!/bin/sh
# refused.sh SOURCE_DIR BUILD_DIR CC: what is wrong in a configuration of plugins ends the start, with the place and the words that
# help. Each is asked of a backtest and of paper.
set -u
. "$1/tests/outside/house.sh"
cd "$w" || exit 1
mkdir plugins second
cp so/*.so plugins
chain='"max_order_qty", "max_order_value", "price_collar", "position_limit", "message_rate", "max_daily_loss"'

# refuses WHAT WORDS OPTIONS...: the configuration is on stdin
refuses() {
    what=$1 words=$2
    shift 2
    cat >one.conf
    for verb in backtest paper; do
        [ $verb = backtest ] && set -- "$@" --quiet
        # shellcheck disable=SC2046
        "$outcry" $verb trips.lua $([ $verb = backtest ] && echo synthetic-bars:50 || echo --feed synthetic-bars:50 --speed max) \
            --cash '10000 USDT' --config one.conf "$@" >out 2>&1 && fail "$what: $verb starts: $(cat out)"
        grep -q -- "$words" out || fail "$what: $verb does not say '$words': $(cat out)"
    done
    echo "$what: refused in words"
}

cp so/rule_limits.so second/other.so
printf ' ' >>second/other.so
refuses 'two files with one id' 'two files have this id: .*/plugins/rule_limits.so and .*/second/other.so' <<END
plugins: { folders = ["plugins", "second"]; };
END
refuses 'a folder that is not there' 'one.conf:1: plugins.folders: there is no such file or folder.*nowhere' <<END
plugins: { folders = ["plugins", "nowhere"]; };
END
refuses 'a group that no list names' 'one.conf:.*risk.pause.*risk.chain has no pause' <<END
plugins: { folders = ["plugins"]; };
risk: { pause: { plugin = "org.example.cooldown"; }; };
END
refuses 'a simulator that no venue has' 'sim.other.*has no other' <<END
plugins: { folders = ["plugins"]; };
sim: { other: { plugin = "org.example.sim_slip"; }; };
END
refuses 'a reader that no list names' 'data.mine.*data.readers has no mine' <<END
plugins: { folders = ["plugins"]; };
data: { mine: { plugin = "org.example.data_bin"; }; };
END
refuses 'an unknown key' "risk.pause.minuets.*did you mean 'risk.pause.minutes'" <<END
plugins: { folders = ["plugins"]; };
risk: { chain = ["pause", $chain]; pause: { plugin = "org.example.cooldown"; minuets = 3; }; };
END
refuses 'an unknown key in a list' "limits.0.limti.*did you mean" <<END
plugins: { folders = ["plugins"]; };
risk: { chain = ["own", $chain]; own: { plugin = "org.example.limits"; limits = ( { instrument = "A/B"; limti = "1"; } ); }; };
END
refuses 'a value out of range' "one.conf:2: risk.pause.minutes: found '10081', expected a whole number from 1 to 10080" <<END
plugins: { folders = ["plugins"]; };
risk: { chain = ["pause", $chain]; pause: { plugin = "org.example.cooldown"; minutes = 10081; }; };
END
refuses 'a value of another type' "one.conf:2: risk.pause.minutes: found 'soon'" <<END
plugins: { folders = ["plugins"]; };
risk: { chain = ["pause", $chain]; pause: { plugin = "org.example.cooldown"; minutes = "soon"; }; };
END
refuses 'a required list' 'risk.own.limits: not set, and plugin org.example.limits requires it' <<END
plugins: { folders = ["plugins"]; };
risk: { chain = ["own", $chain]; own: { plugin = "org.example.limits"; }; };
END
refuses 'a required key of a group' 'risk.own.limits.0.limit: not set' <<END
plugins: { folders = ["plugins"]; };
risk: { chain = ["own", $chain]; own: { plugin = "org.example.limits"; limits = ( { instrument = "A/B"; } ); }; };
END
refuses 'one instrument twice' 'limits.1.instrument: found A/B' <<END
plugins: { folders = ["plugins"]; };
risk: { chain = ["own", $chain]; own: { plugin = "org.example.limits";
    limits = ( { instrument = "A/B"; limit = "1"; }, { instrument = "A/B"; limit = "2"; } ); }; };
END
refuses 'a chain that lacks a default rule' 'risk.chain: it lacks max_daily_loss.*risk.without=max_daily_loss' <<END
risk: { chain = ["max_order_qty", "max_order_value", "price_collar", "position_limit", "message_rate"]; };
END
refuses 'the kill switch left out' "risk.without: found 'kill_switch'" <<END
risk: { without = ["kill_switch"]; };
END
refuses 'another plugin under the name of a default rule' 'risk.max_order_qty.plugin.*outcry.max_order_qty, or a name of its own' <<END
plugins: { folders = ["plugins"]; };
risk: { max_order_qty: { plugin = "org.example.limits"; }; };
END
refuses 'the same by --plugin' 'outcry.max_order_qty, or a name of its own' --plugin max_order_qty=so/rule_limits.so </dev/null
refuses 'one name for two files' 'each name once' --plugin a=so/rule_limits.so --plugin a=so/rule_cooldown.so </dev/null
refuses 'a file that is not there' 'no such file' --plugin a=so/nothing.so </dev/null
refuses 'fees for a simulator that has none' 'sim.paper.taker_fee: plugin org.example.sim_slip has no such key' \
    --plugin slip=so/sim_slip.so --fee taker=0.1% </dev/null
refuses 'a scope of a simulator' 'only rules have a scope' <<END
plugins: { folders = ["plugins"]; };
sim: { default: { plugin = "org.example.sim_slip"; for: { instruments = ["A/B"]; }; }; };
END
refuses 'a plugin of another kind' 'another kind' <<END
plugins: { folders = ["plugins"]; };
sim: { default: { plugin = "org.example.cooldown"; }; };
END
# A typing error in the id: the nearest is named. Paper starts without the rule, for cancels and reductions.
cat >one.conf <<END
plugins: { folders = ["plugins"]; };
risk: { chain = ["pause", $chain]; pause: { plugin = "org.example.coldown"; }; };
END
"$outcry" backtest trips.lua synthetic-bars:50 --cash '10000 USDT' --config one.conf >out 2>&1 && fail "an unknown id starts"
grep -q 'did you mean org.example.cooldown' out || fail "no nearest id: $(cat out)"
"$outcry" paper trips.lua --feed synthetic-bars:500 --speed max --cash '10000 USDT' --config one.conf --json >out.json 2>out ||
    fail "paper: $(cat out)"
grep -q 'did you mean org.example.cooldown' out || fail "paper: no nearest id: $(cat out)"
[ "$(jq '.trades.fills == 0 and .trades.denied > 50' out.json)" = true ] || fail "it trades without its rule: $(jq -c .trades out.json)"
# Shadows that are allowed are named.
"$outcry" backtest trips.lua synthetic-bars:50 --cash '10000 USDT' --set plugins.folders=plugins,second \
    --set plugins.allow_shadow=org.example.limits >out 2>&1 || fail "an allowed shadow: $(cat out)"
grep -q 'org.example.limits: .*plugins/rule_limits.so is used instead of .*second/other.so' out || fail "a shadow is not named: $(cat out)"
# A file that no reader takes: each says why, for the first may know best what is wrong with it.
printf 'OCBARS0\nx' >torn.bin
"$outcry" backtest trips.lua torn.bin --cash '10000 USDT' --plugin bars=so/data_bin.so >out 2>&1 && fail "a torn file is read"
grep -q 'data.bars did not take it: .*torn.bin' out || fail "the first reader's complaint is not told: $(cat out)"
grep -q '^outcry: .*torn.bin' out || fail "the last reader's complaint is not told: $(cat out)"
echo "outside_refused: passed"
