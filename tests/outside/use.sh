#!/bin/sh
# use.sh SOURCE_DIR BUILD_DIR CC: each plugin of this folder in a backtest, in paper and in a console, named on the command line
# and by a configuration: it guards, fills or reads, each run says so, and is replayed to the byte.
set -u
. "$1/tests/outside/house.sh"
cd "$w" || exit 1
chain='"max_order_qty", "max_order_value", "price_collar", "position_limit", "message_rate", "max_daily_loss"'
mkdir etc etc/plugins
cp so/*.so etc/plugins
cat >etc/rule_cooldown.conf <<END
plugins: { folders = ["plugins"]; };
risk: { chain = [$chain, "mine"]; mine: { plugin = "org.example.cooldown"; minutes = 30; losses = 2; }; };
END
cat >etc/rule_limits.conf <<END
plugins: { folders = ["plugins"]; };
risk: { chain = ["mine", $chain]; mine: { plugin = "org.example.limits";
    limits = ( { instrument = "ETH/USDT"; limit = "3"; }, { instrument = "BTC/USDT"; limit = "0.009"; } ); }; };
END
cat >etc/sim_slip.conf <<END
plugins: { folders = ["plugins"]; };
sim: { default: { plugin = "org.example.sim_slip"; bps = "7.5"; }; };
END
cat >etc/data_bin.conf <<END
plugins: { folders = ["plugins"]; };
data: { readers = ["csv", "mine"]; mine: { plugin = "org.example.data_bin"; }; };
END

# run VERB NAME FOLDER WORDS...: one run that is recorded; its figures to NAME.figures
run() {
    verb=$1 name=$2 folder=$3
    shift 3
    case $verb in
    backtest)
        (cd "$where" && "$outcry" backtest "$w/trips.lua" "$data" --cash '10000 USDT' --session "$folder" --json "$@") \
            >"$w/$name.json" 2>"$w/$name.err" || fail "$name: $(cat "$w/$name.err")"
        figures "$w/$name.json" >"$w/$name.figures"
        ;;
    paper)
        (cd "$where" && "$outcry" paper "$w/trips.lua" --feed "$feed" --speed max --cash '10000 USDT' --session "$folder" \
            --json "$@") >"$w/$name.json" 2>"$w/$name.err" || fail "$name: $(cat "$w/$name.err")"
        figures "$w/$name.json" >"$w/$name.figures"
        ;;
    console)
        echo 'step 5000' | (cd "$where" && "$outcry" console "$w/trips.lua" --feed "$feed" --paused --cash '10000 USDT' \
            --session "$folder" "$@") >"$w/$name.out" 2>"$w/$name.err" || fail "$name: $(cat "$w/$name.err")"
        "$outcry" report "$folder" --json >"$w/$name.json" 2>"$w/$name.err" || fail "$name: $(cat "$w/$name.err")"
        ;;
    esac
    replays "$folder" "$name"
}

# one PLUGIN ID WHAT WORDS...: WHAT is what its records must show, as a question of jq
one() {
    plugin=$1 id=$2 what=$3
    shift 3
    for verb in backtest paper console; do
        where=$w/so
        run $verb "$plugin-$verb" "$w/$plugin-$verb" --plugin "mine=$plugin.so" "$@"
        where=$w/elsewhere
        run $verb "$plugin-$verb-conf" "$w/$plugin-$verb-conf" --config "$w/etc/$plugin.conf"
        for name in "$plugin-$verb" "$plugin-$verb-conf"; do
            [ "$(jq "$what" "$w/$name.json")" = true ] || fail "$name: not $what: $(jq -c '.trades' "$w/$name.json")"
            [ $verb = console ] && continue
            jq -r '.notes[]' "$w/$name.json" | grep -q "$id [0-9.]*, a plugin from outside: /" ||
                fail "$name: the report does not name the part: $(jq -c .notes "$w/$name.json")"
        done
        [ $verb = console ] || cmp -s "$w/$plugin-$verb.figures" "$w/$plugin-$verb-conf.figures" ||
            fail "$plugin: --plugin and --config give other runs: $(cat "$w/$plugin-$verb".*figures "$w/$plugin-$verb-conf.figures")"
    done
    cmp -s "$w/$plugin-backtest.figures" "$w/$plugin-paper.figures" || fail "$plugin: backtest and paper differ"
    # Nothing that was found is silently unused.
    [ "$(grep -c 'was found and is not used' "$w/$plugin-paper-conf.err")" = 3 ] ||
        fail "$plugin: the other three are not named: $(cat "$w/$plugin-paper-conf.err")"
    echo "P1: $plugin: used by all, named, replayed"
}

data=synthetic-bars:5000 feed=synthetic-bars:5000 where=$w
run backtest bare "$w/bare"
[ "$(jq .trades.denied bare.json)" = 0 ] || fail "the bare run denies"
one rule_cooldown org.example.cooldown '.trades.denied > 500' --set mine.minutes=30 --set mine.losses=2
# A list of groups cannot be written on a command line: --plugin names the file, a configuration has the values.
sed 's/chain = \[[^]]*\];//; s/plugin = "[^"]*";//; s/plugins: .*//' etc/rule_limits.conf >limits_alone.conf
one rule_limits org.example.limits '.trades.fills == 0 and .trades.denied > 500' --config "$w/limits_alone.conf"
one sim_slip org.example.sim_slip '.trades.denied == 0 and .trades.fills > 500' --set mine.bps=7.5
# What is read is what the CSV of the same bars says.
data=$w/btc.csv
run backtest csv "$w/csv" --data 'price_step=0.01;qty_step=0.001' --symbol BTC/USDT
data=$w/btc.bin feed=replay:$w/btc.bin
one data_bin org.example.data_bin '.trades.fills > 500'
[ "$(jq -c '[.money, .trades]' csv.json)" = "$(jq -c '[.money, .trades]' data_bin-backtest.json)" ] ||
    fail "the binary bars are other bars than the CSV"

# 7.5 bps, to the step and against us: each fill is off the open of its bar by that.
"$outcry" backtest trips.lua btc.bin --cash '10000 USDT' --plugin slip=so/sim_slip.so --plugin bin=so/data_bin.so --json \
    --set slip.bps=0 >none.json 2>none.err || fail "$(cat none.err)"
"$outcry" backtest trips.lua btc.bin --cash '10000 USDT' --plugin slip=so/sim_slip.so --plugin bin=so/data_bin.so --json \
    --set slip.bps=100 >much.json 2>much.err || fail "$(cat much.err)"
[ "$(jq -n --slurpfile a none.json --slurpfile b much.json '($a[0].money.final | tonumber) > ($b[0].money.final | tonumber)
    and $a[0].trades.fills == $b[0].trades.fills')" = true ] || fail "slippage costs nothing"
jq -r '.notes[]' much.json | grep -q 'fills: as org.example.sim_slip decides' || fail "P10: what fills assume is not said"
jq -r '.notes[]' much.json | grep -q 'half-spread' && fail "P10: the report tells the assumptions of another simulator"

# What is wrong in a file is named with its offset, and another file is left to the next reader.
head -c 10000 btc.bin >short.bin
"$outcry" backtest trips.lua short.bin --cash '10000 USDT' --plugin bin=so/data_bin.so >out 2>&1 && fail "a cut file was read to its end"
grep -q 'offset 10000' out || fail "no offset: $(cat out)"
"$outcry" backtest trips.lua btc.csv --symbol BTC/USDT --cash '10000 USDT' --plugin bin=so/data_bin.so >out 2>&1 ||
    fail "the reader keeps a CSV from the next one: $(cat out)"
echo "outside_use: passed"
