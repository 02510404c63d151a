#!/bin/sh
# many_symbols.sh OUTCRY: one strategy over several markets, with what each entry is worth, how many may be held, how long an entry waits, pauses and the
# choice of markets all said by the configuration.
set -u
outcry=$(realpath "$1")
w=$(mktemp -d)
trap 'rm -rf "$w"' EXIT
fail() { echo "many_symbols: $*" >&2; exit 1; }
cd "$w" || exit 1
for name in AAA BBB CCC THIN; do # a price a minute around 100; THIN trades a thousandth of the others
    awk -v name=$name 'BEGIN { print "ts_ms,open,high,low,close,volume"
        for (i = 0; i < 240; i++) { p = 100 + (i % 20 < 10 ? i % 10 : 10 - i % 10); printf "%.0f,%d,%d,%d,%d,%s\n", 1700000000000 + i * 60000 - 1700000000000 % 60000, p, p + 1, p - 1, p, name == "THIN" ? "0.5" : "500" } }' >$name-USDT.csv
done
cat >wide.lua <<'END'
function on_bar(m, b)
  m.n = (m.n or 0) + 1
  local qty = m.position.qty
  if qty == 0 and not m:busy() then
    local order, err
    if m.n % 7 == 0 then order, err = m:buy { price = b.close - 40 } else order, err = m:buy() end
    if order and not m.first then m.first = true; log.info("%s takes %s", m.symbol, tostring(order.qty)) end
  elseif qty > 0 and m.n % 6 == 0 then m:close() end
end
END
cat >wide.conf <<'END'
strategy: { stake = "10%"; entry_timeout = "3m"; };
risk: {
  chain = ["max_order_qty", "max_order_value", "price_collar", "position_limit", "message_rate", "max_daily_loss", "few", "rest", "guard", "real"];
  few:   { plugin = "outcry.max_open"; count = 2; };
  rest:  { plugin = "outcry.cooldown"; pause = "2m"; };
  guard: { plugin = "outcry.cooldown"; pause = "20m"; after = "loss"; count = 2; window = "30m"; per = "account"; };
  real:  { plugin = "outcry.universe"; turnover = "40000"; age = "5m"; };
};
END
go() { "$outcry" backtest wide.lua ./*-USDT.csv --cash '10000 USDT' --quick "$@"; }
go --config wide.conf --json --session kept --csv out >said.json 2>err || fail "$(cat err)"
for reason in MAX_OPEN_REACHED COOLDOWN TURNOVER_TOO_LOW INSTRUMENT_TOO_NEW; do
    jq -e --arg r $reason '[.refusals[] | select(.reason == $r and .count > 0)] | length > 0' said.json >/dev/null || fail "nothing is refused as $reason: $(jq -c .refusals said.json)"
done
jq -e '[.trips[] | select(.symbol == "THIN/USDT")] | length == 0' said.json >/dev/null || fail "what is thin was entered"
jq -e '[.trips[] | .symbol] | unique | length == 3' said.json >/dev/null || fail "not all of the others were entered: $(jq -c '[.trips[].symbol] | unique' said.json)"
jq -e '.trips[0] | (.qty | tonumber) * .entry_price > 900 and (.qty | tonumber) * .entry_price < 1100' said.json >/dev/null || fail "a tenth of 10,000 is not bought: $(jq -c '.trips[0]' said.json)"
# Never more than two at a time: of the trips, at each entry.
jq -e '[.trips[] | {s: .entry, e: (.exit // "9")}] as $t | all($t[]; .s as $s | [$t[] | select(.s <= $s and .e > $s)] | length <= 2)' said.json >/dev/null || fail "more than two are held"
awk -F , 'function seconds(text) { split(substr(text, 12), t, ":"); return t[1] * 3600 + t[2] * 60 + t[3] }
    NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
    $at["type"] == "limit" && $at["state"] != "DENIED" { n++; late = seconds($at["heard"]) - seconds($at["asked"]) - 180
        if ($at["state"] != "EXPIRED" || late < 0 || late > 60) bad++ } # told with the bar behind it
    END { exit n < 3 || bad }' out/orders.csv || fail "limit entries do not end: $(grep limit out/orders.csv | grep -v DENIED | head -n 3)"
"$outcry" replay kept --diff >replay 2>&1 || fail "the replay differs: $(cat replay)"
# Money in place of a share; another currency, no number, and more than there is are told.
go --set 'strategy.stake=500 USDT' --json >said.json 2>err || fail "$(cat err)"
jq -e '.trips[0] | (.qty | tonumber) * .entry_price > 450 and (.qty | tonumber) * .entry_price < 550' said.json >/dev/null || fail "500 USDT are not spent: $(jq -c '.trips[0]' said.json)"
go --set 'strategy.stake=500 EUR' >out.txt 2>err && fail "another currency is taken"
grep -q 'strategy.stake is in EUR, and AAA/USDT is paid in USDT: give a share such as "10%"' err || fail "another currency: $(cat err)"
for bad in 500 '500%' '0 USDT' '-1 USDT' '10 % of it' 'USDT'; do
    go --set "strategy.stake=$bad" >out.txt 2>err && fail "a stake of '$bad' is taken"
    grep -q 'expected an amount such as "100 USDT", or a share of equity such as "10%"' err || fail "'$bad': $(cat err)"
done
go >out.txt 2>err && fail "an order without an amount is taken"
grep -q 'an amount is needed' err || fail "no stake: $(cat err)"
sed 's/m:close()/m:sell()/' wide.lua >out.lua
"$outcry" backtest out.lua AAA-USDT.csv --cash '10000 USDT' --quick --set strategy.stake=10% >out.txt 2>err && fail "an exit takes the stake"
grep -q 'strategy.stake is what an entry is worth, and this order makes the position smaller; m:close() closes it' err || fail "an exit: $(cat err)"
cat >stops.lua <<'END'
function on_bar(m, b)
  if m.position.qty == 0 and not m:busy() then m:buy { qty = 1 }
  elseif not m.done then m.done = true; m:sell { qty = 1, stop = 50 } end
end
END
"$outcry" backtest stops.lua AAA-USDT.csv --cash '10000 USDT' --quick --end hold --set strategy.entry_timeout=3m --csv stops >out.txt 2>err || fail "$(cat err)"
[ "$(grep -cE ',sell,stop,.*,ACCEPTED,' stops/orders.csv)" = 1 ] || fail "exits of one's own end with the time of entries: $(cat stops/orders.csv)"
echo "many symbols: by configuration"
