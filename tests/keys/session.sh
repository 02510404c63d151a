#!/bin/sh
# session.sh OUTCRY: a session signs with the keys that its configuration names: what is sent is compared to the byte with what another program
# signs. Keys of another environment sign nothing; paper, a replay and a report fetch none.
set -u
. "$(dirname "$0")/kit.sh"
echo 'correct horse battery' >passphrase
key=testkey0123456789abcdef secret=testsecret9876543210fedcba phrase=testpassphrase
export MINE_KEY=$key MINE_SECRET=$secret MINE_PHRASE=$phrase
fields='--field api_key=env:MINE_KEY --field secret=env:MINE_SECRET --field passphrase=env:MINE_PHRASE'
for env in local testnet; do
    "$outcry" keys add $env --environment $env $fields --passphrase fd:3 3<passphrase >out 2>err || fail "add: $(cat err)"
done
printf '%s\n' $secret >secret.txt
chmod 600 secret.txt
transcript $key $secret $phrase
good() { # WHAT MORE...
    what=$1
    shift
    runs "$@" || fail "$what: $(cat err)"
    ! grep -qF -e $secret -e $phrase out err || fail "$what: a secret is said"
}
bad() { # WHAT SAYS MORE...
    what=$1 says=$2
    shift 2
    runs "$@" && fail "$what: it goes on"
    grep -qF -- "$says" err || fail "$what: expected '$says': $(cat err)"
    ! grep -qF -e $secret -e $phrase out err || fail "$what: a secret is said: $(cat err)"
}

# From everywhere.
config "vault = \"local\";"
good 'of the vault' --set vault.passphrase=fd:3 --session first 3<passphrase
config "environment = \"local\"; api_key = \"env:MINE_KEY\"; secret = \"file:secret.txt\"; passphrase = \"fd:4\";"
printf %s "$phrase" >phrase.txt
good 'of a variable, a file and a descriptor' 4<phrase.txt
mkdir sub
mv s.conf sub/
cp secret.txt sub/
sed -i 's/"s.txt"/"..\/s.txt"/' sub/s.conf
"$outcry" run day.lua --venue signs --config sub/s.conf $plugin --cash '10000 USDT' --listen none 4<phrase.txt >out 2>err || fail "a file beside its configuration: $(cat err)"
config "vault = \"local\"; environment = \"local\"; secret = { command = [\"cat\", \"secret.txt\"]; };"
good 'what is named beside the vault' --set vault.passphrase=fd:3 3<passphrase
mkdir -m 700 credentials
cp passphrase credentials/outcry_passphrase
cp secret.txt credentials/mine
chmod 400 credentials/*
config "vault = \"local\"; environment = \"local\"; secret = \"systemd:mine\";"
CREDENTIALS_DIRECTORY="$w/credentials" good 'of systemd'

# Another secret: the venue hears another MAC, and the difference is shown without a secret.
printf 'anothersecret\n' >secret.txt
config "environment = \"local\"; api_key = \"env:MINE_KEY\"; secret = \"file:secret.txt\"; passphrase = \"env:MINE_PHRASE\";"
bad 'another secret' "$(mac "login $key 1" anothersecret)"
grep -qF '**************' err || fail "the passphrase is not cut out: $(cat err)"
printf '%s\n' $secret >secret.txt

# What nobody configured has test keys, as before.
config ''
transcript test-api_key test-secret test-passphrase
good 'test keys'
transcript $key $secret $phrase

# One environment.
config "vault = \"testnet\";"
bad 'a key of testnet at a local venue' 'this key is of another environment' --set vault.passphrase=fd:3 3<passphrase
config "environment = \"live\"; api_key = \"env:MINE_KEY\"; secret = \"env:MINE_SECRET\"; passphrase = \"env:MINE_PHRASE\";"
bad 'keys of live at a local venue' "found 'live', expected local, that of its venue"
config "vault = \"local\";" testnet
bad 'a key of local at a venue of testnet' "found 'testnet', expected local"
config "api_key = \"env:MINE_KEY\"; secret = \"env:MINE_SECRET\"; passphrase = \"env:MINE_PHRASE\";"
bad 'no environment' 'venue.signs.keys.main.environment: it is not set'
config "environment = \"local\"; api_key = \"env:MINE_KEY\"; secret = \"file:secret.txt\"; passphrase = \"env:MINE_PHRASE\";"
sed -i 's/\["main"\]/["main", "hedge"]/; s/^\( *keys: {.*\)}; *$/\1 hedge: { environment = "testnet"; api_key = "env:MINE_KEY"; }; };/' s.conf
bad 'an account of another environment at one venue' "venue.signs.keys.hedge.environment: these keys are of another environment and sign nothing here: found 'testnet', expected local"
printf 'short\n' >tiny.txt
chmod 600 tiny.txt
config "environment = \"local\"; api_key = \"env:MINE_KEY\"; secret = \"file:tiny.txt\"; passphrase = \"env:MINE_PHRASE\";"
bad 'a secret that no log could be kept free of' "venue.signs.keys.main.secret: a secret so short could not be kept out of logs: found '5 bytes', expected 8 bytes or more"
for env in live practice testnet; do # and is refused before a passphrase is asked for
    config "vault = \"testnet\";" $env
    bad "$env" "found '$env', expected local: a transcript stands for the exchange" --set risk.without=max_order_value,position_limit,max_daily_loss
done
for env in live practice local; do # every other pair
    config "vault = \"testnet\";" $env
    "$outcry" keys test --venue signs --config s.conf $plugin --passphrase fd:3 3<passphrase >out 2>err && fail "a key of testnet signs in $env"
    grep -qF "found 'testnet', expected $env" err || fail "$env: $(cat err)"
done
config "vault = \"testnet\";" testnet
"$outcry" keys test --venue signs --config s.conf $plugin --passphrase fd:3 3<passphrase >out 2>err || fail "keys test --venue: $(cat err)"
grep -q 'main: secret: signs by hmac-sha256' out || fail "keys test --venue: $(cat out)"

# What is wrong, where it stands; a secret in the file is not shown, by no verb.
config "environment = \"local\"; api_key = \"env:MINE_KEY\"; secret = \"$secret\"; passphrase = \"env:MINE_PHRASE\";"
bad 'a secret in the file' 'a secret does not stand in a configuration'
for verb in 'config check s.conf' 'config keys s.conf' "backtest day.lua synthetic-bars:100 --config s.conf" "paper day.lua --feed synthetic-bars:100 --speed max --config s.conf --listen none --session plain"; do
    "$outcry" $verb >out 2>err && fail "$verb takes a secret in the file"
    ! grep -rqF $secret out err plain 2>/dev/null || fail "$verb shows the secret of the file"
done
config "vault = \"local\"; environment = \"local\"; secrte = \"env:MINE_SECRET\";"
bad 'no such field' "did you mean 'secret'?" --set vault.passphrase=fd:3 3<passphrase
config "vault = \"nothere\";"
bad 'no such key' "found 'nothere'" --set vault.passphrase=fd:3 3<passphrase
config "environment = \"local\"; api_key = \"env:MINE_KEY\"; secret = \"env:MINE_SECRET\";"
bad 'a field without a value' 'the connector needs this credential (said at the login), and it is not set'
config "vault = \"local\"; environment = \"local\"; secret = { tool = \"x\"; };"
bad 'a tool of nothing' 'it is of an MCP server, and none is named'
config "vault = \"local\"; environment = \"local\"; secret = { command = [\"x\"]; mcp = [\"y\"]; };"
bad 'two places' 'it comes from several places'
config "vault = \"local\"; environment = \"local\"; secret = { mcp = [\"y\"]; };"
bad 'a place and a server' 'it comes from several places' --set venue.signs.keys.main.secret=env:MINE_SECRET
config "vault = \"local\"; environment = \"local\"; secret = { command = [\"x\"]; timeout = \"6m\"; };"
bad 'a long time' 'a duration from 1ms to 5m'
config "vault = \"local\"; environment = \"local\"; secret = { command = [\"x\"]; timeout = \"999us\"; };"
bad 'a short time' 'a duration from 1ms to 5m'
config "vault = \"local\"; environment = \"local\"; secret = { value = \"x\"; };"
bad 'an unknown word' 'unknown key'
config ''
sed -i 's/^}; };/  keys: { other: { vault = "local"; }; }; }; };/' s.conf
bad 'another account' 'the venue has no such account'

# Gone on with, from another place of the same key; paper, replay and report never fetch one.
config "environment = \"local\"; api_key = \"env:MINE_KEY\"; secret = { command = [\"sh\", \"give.sh\"]; }; passphrase = \"env:MINE_PHRASE\";"
printf 'touch fetched; cat secret.txt\n' >give.sh
good 'gone on with' --session first
[ -e fetched ] || fail "the command was not asked"
rm fetched
"$outcry" replay first --diff >out 2>err || fail "replay: $(cat out err)"
"$outcry" report first >out 2>err || fail "report: $(cat err)"
"$outcry" backtest day.lua synthetic-bars:100 --config s.conf --cash '10000 USDT' >out 2>err || fail "backtest: $(cat err)"
"$outcry" paper day.lua --feed synthetic-bars:100 --speed max --config s.conf --cash '10000 USDT' --listen none --session paper >out 2>err || fail "paper: $(cat err)"
[ ! -e fetched ] || fail "paper, a replay or a report fetched a key"
echo "session: signed with the keys of its configuration, from each place, in one environment"
