#!/bin/sh
# risk_rules.sh OUTCRY [few]: every rule that is not of the default chain, beside it, in one session at two scopes: each refuses something and says its word;
# the session is killed with -9 where rules remember, goes on, and ends as one that nobody touched; its replay is the same to the byte.
set -u
outcry=$(realpath "$1")
here=$(realpath "$(dirname "$0")")
w=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || kill -9 $pid; rm -rf "$w"' EXIT
mkdir -m 700 "$w/home" "$w/run"
unset XDG_STATE_HOME COLUMNS LINES TERM OUTCRY_PLUGINS
export HOME="$w/home" XDG_RUNTIME_DIR="$w/run" LC_ALL=C.UTF-8
fail() {
    echo "FAIL $*" >&2
    exit 1
}
. "$here/kill_at.sh"
cd "$w" || exit 1
cat >rules.conf <<'END'
risk: {
  chain = ["max_order_qty", "max_order_value", "price_collar", "position_limit", "message_rate", "max_daily_loss", "listed", "small", "hours", "wild", "odd", "again", "often",
           "deep", "wide", "group"];
  listed: { plugin = "outcry.allow_list"; symbols = "BTC/*"; };
  hours:  { plugin = "outcry.trading_hours"; hours = "00:00-22:00"; };
  again:  { plugin = "outcry.duplicate_order"; count = 2; window = "30m"; };
  often:  { plugin = "outcry.repeat_exec"; count = 40; window = "1h"; };
  deep:   { plugin = "outcry.max_drawdown"; share = "90%"; };
  wide:   { plugin = "outcry.spread_halt"; limit = "5%"; };
  wild:   { plugin = "outcry.volatility_halt"; move = "0.25%"; window = "16m"; pause = "8m"; };
  group:  { plugin = "outcry.exposure"; limit = "1500"; for: { instruments = ["BTC/*"]; }; };
  small:  { plugin = "outcry.expression"; allow = "qty < 0.02 or sell"; reason = "TOO_LARGE"; };
  odd:    { plugin = "outcry.expression"; allow = "minute ~= 6"; reason = "NOT_NOW"; for: { strategies = ["mixed"]; }; };
};
END
cat >mixed.lua <<'LUA'
strategy { name = "mixed" }
function on_bar(m, b)
  m.seen = (m.seen or 0) + 1 -- kept over a restart, as a local would not be
  local bars = m.seen
  if bars % 5 == 0 then m:buy { qty = 0.001, price = b.close - 100 } end  -- alike where prices are
  if bars % 5 == 1 then m:buy { qty = 0.01 + bars % 7 * 0.001 } end
  if bars % 13 == 0 then m:buy { qty = 0.002 } end
  if bars % 97 == 0 then m:buy { qty = 0.05 } end
  if bars % 11 == 0 and m.position.qty > 0 then m:close() end
  if bars % 50 == 0 then m:cancel_all() end
end
LUA
go() { # VERB FOLDER MORE...
    verb=$1 folder=$2
    shift 2
    exec "$outcry" "$verb" mixed.lua --feed synthetic-bars:9000 --config rules.conf --cash '100000 USDT' --session "$folder" "$@"
}
(go paper whole --speed max --json) >whole.json 2>whole.err || fail "$(cat whole.err)"
for word in DUPLICATE_ORDER OUTSIDE_TRADING_HOURS VOLATILITY_HALT EXPOSURE_ABOVE_LIMIT TOO_LARGE NOT_NOW; do
    [ "$(jq --arg word $word '[.refusals[] | select(.reason == $word)] | length > 0' whole.json)" = true ] ||
        fail "nothing is refused as $word: $(jq -c .refusals whole.json)"
done
kills="0 1 60 100 700 1000 2200 2900"
[ -z "${2:-}" ] || kills="60 2200"
for at in $kills; do kill_at $at; done
(go paper cut --speed max --json) >cut.json 2>cut.err || fail "after the kills: $(cat cut.err)"
for one in whole cut; do
    jq -S '[.money, .trades.requests, .trades.denied, .trades.fills, .refusals, .hashes.meaning, .hashes.order_records]' $one.json >$one.figures
    "$outcry" replay $one --diff >replay 2>&1 || fail "$one: the replay differs: $(tail -n 12 replay)"
done
diff whole.figures cut.figures >differs || fail "other figures: $(cat differs)"
jq -c '.refusals' whole.json
echo "risk_rules: $(echo $kills | wc -w) kills, as uninterrupted"
