#!/bin/sh
# plot.sh OUTCRY: plot() shows and does nothing else; wrong use is named; what is kept has its limits.
set -u
outcry=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
fail() { echo "$*"; exit 1; }
is() { [ "$2" = "$3" ] || fail "$1: $2, not $3"; }
run() { "$outcry" backtest "$@" --cash '10000 USDT' --json >run.json 2>err; }

mkdir without
cat >s.lua <<'LUA'
function on_init(m) m.r, m.a = m:rsi(14), m:sma(5) end
function on_bar(m, b)
  plot("RSI", m.r, { pane = 2 })
  plot("nothing", nil)
  plot("close", b.close)
  plot("close", b.close + 1) -- the last one of an instant stays
  plot("mean", m.a(), { market = m })
  if b.close > m.a() and m.position.qty == 0 then m:buy(0.01) elseif m.position.qty > 0 then m:close() end
end
LUA
sed '/plot(/d' s.lua >without/s.lua
run s.lua synthetic-bars:300 || { cat err; fail "a strategy that plots"; }
hash=$(jq -r .hashes.orders run.json)
is "the series" "$(jq -c '[.plots[] | [.name, .pane, .symbol, .values_per_point]]' run.json)" \
    '[["RSI",2,"BTC/USDT",1],["close",1,"BTC/USDT",1],["mean",1,"BTC/USDT",1]]'
is "a value" "$(jq -c '[.plots[1].points[0], .prices[0].points[14][4] + 1]' run.json | sed 's/\["[^"]*",\([^]]*\)\],/\1 /; s/[][]//g' | awk '{ print ($1 == $2) }')" 1
cd without
run s.lua synthetic-bars:300 || { cat err; fail "the same without plots"; }
is "orders with and without plots" "$(jq -r .hashes.orders run.json)" "$hash"
is "series where nothing is plotted" "$(jq -c .plots run.json)" '[]'
cd ..

# the density halves at 4,096 points; the first value stays
echo 'local n = 0 function on_bar(m, b) n = n + 1 plot("count", n) end' >long.lua
run long.lua synthetic-bars:10000 || { cat err; fail "a long series"; }
is "a long series" "$(jq -c '.plots[0] | [(.points | length) <= 4096, (.points | length) > 2048, .values_per_point, .points[0][1], .points[1][1]]' run.json)" '[true,true,4,1,5]'
echo 'function on_bar(m, b) for i = 1, 70 do plot("s" .. i, i) end end' >many.lua
run many.lua synthetic-bars:10 || { cat err; fail "many series"; }
is "many series" "$(jq -c '[(.plots | length), (.notes | map(select(test("60 values found no room"))) | length)]' run.json)" '[64,1]'

wrong() { # CODE WORDS
    printf '%s\n' "$1" >wrong.lua
    run wrong.lua synthetic-bars:10 && [ "$(jq .error run.json)" = null ] && fail "no complaint: $1"
    cat err run.json | grep -q -- "$2" || fail "$1: $(cat err)"
}
wrong 'plot("x", 1)' 'not while loading or in on_init'
wrong 'function on_init(m) plot("x", 1) end' 'not while loading or in on_init'
wrong 'function on_bar() plot(1, 1) end' 'the name is a text of 1 to 31 bytes'
wrong 'function on_bar() plot("", 1) end' 'the name is a text of 1 to 31 bytes'
wrong 'function on_bar() plot("12345678901234567890123456789012", 1) end' 'the name is a text of 1 to 31 bytes'
wrong 'function on_bar() plot("x", "1") end' 'a number, an indicator or nil; found string'
wrong 'function on_bar() plot("x", 0/0) end' 'not a finite number'
wrong 'function on_bar() plot("x", 1/0) end' 'not a finite number'
wrong 'function on_bar() plot("x", 1, { pane = 9 }) end' 'pane is a whole number from 1'
wrong 'function on_bar() plot("x", 1, { pane = 1.5 }) end' 'pane is a whole number from 1'
wrong 'function on_bar() plot("x", 1, { colour = 1 }) end' "unknown option 'colour'; known: pane market"
wrong 'function on_bar() plot("x", 1, 2) end' 'plot'
wrong 'function on_bar() plot("x", 1, { market = 3 }) end' 'market'
echo "plots change nothing: $hash"
