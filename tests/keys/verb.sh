#!/bin/sh
# verb.sh OUTCRY: `outcry keys` as a person uses it: add, list, test, rotate, remove; at a terminal, by descriptors and under systemd; what is
# wrong is said, and no word of a secret with it.
set -u
. "$(dirname "$0")/kit.sh"
echo 'correct horse battery' >right
echo 'wrong horse battery' >wrong
vault="$w/data/outcry/keys.vault"
keys() { "$outcry" keys "$@" --passphrase fd:3 3<right >out 2>err; }
says() { grep -qF -- "$1" out err || fail "expected '$1': $(cat out err)"; }
refuses() { # CODE SAYS WORDS...
    want=$1 what=$2
    shift 2
    "$outcry" keys "$@" 3<right 4<wrong >out 2>err
    code=$?
    [ $code = "$want" ] || fail "keys $*: code $code, expected $want: $(cat out err)"
    says "$what"
    ! grep -q 's3cret' out err || fail "keys $*: the secret is said: $(cat out err)"
}

refuses 1 'there is no vault' list
refuses 2 'usage:'
refuses 2 'the environment of the key is not said' add mine --field secret
refuses 2 'it names no field' add mine --environment testnet
refuses 2 "found 'test', expected live" add mine --environment test --field secret
refuses 2 'it is not shown' add mine --environment testnet --field secret=s3cret-value
refuses 2 "found 'md5'" add mine --environment testnet --field secret --algorithm md5
refuses 3 'a secret does not stand in a configuration' list --passphrase s3cret-value
refuses 1 'there is no terminal to ask for it at' add mine --environment testnet --field secret=fd:3
refuses 1 'it is too short' add mine --environment testnet --field secret=env:S --passphrase fd:5 5<<END
short
END

# Added: from the environment and from a file; not from a file that others may read.
printf 's3cret file' >loose
chmod 644 loose
refuses 1 'others than its owner' add mine --environment testnet --field secret=file:loose --passphrase fd:3
[ ! -e "$vault" ] || fail "a vault was written without its key"
export MINE_KEY=testkey0123456789abcdef MINE_SECRET=testsecret9876543210fedcba
keys add mine --environment testnet --field api_key=env:MINE_KEY --field secret=env:MINE_SECRET --algorithm hmac-sha256 ||
    fail "add: $(cat err)"
says 'should not be able to withdraw'
[ "$(stat -c %a "$vault" "$w/data/outcry" | tr '\n' ' ')" = '600 700 ' ] || fail "the vault is not its owner's alone: $(ls -la "$w/data/outcry")"
! grep -qaF -e testsecret -e testkey "$vault" || fail "the vault shows a secret"
refuses 1 'there is a key of that name' add mine --environment testnet --field secret=env:MINE_SECRET --passphrase fd:3
export SHORT=s3cret7
refuses 1 'it has fewer than 8 bytes' add short --environment testnet --field api_key=env:SHORT --field secret=env:MINE_SECRET --passphrase fd:3
keys list && ! grep -q short out || fail "what was refused is in the vault: $(cat out)"
refuses 1 'a name has 1 to' add 'm/ine' --environment testnet --field secret=env:MINE_SECRET --passphrase fd:3

# It signs: a vector of Binance's sheet, and what openssl makes of keys of its own.
text='symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.001&price=30000.10&newClientOrderId=cid-1&recvWindow=5000&timestamp=1700000000000'
keys test mine --field secret --text "$text" || fail "test: $(cat out err)"
says 'signature 505c13ba2ee3c3bac5b33ed871549c8aa75f446afbccd0acd5492a55f64190db'
says 'mine: opens, testnet, 1 of 1 fields sign'
refuses 1 'the passphrase is wrong' test mine --passphrase fd:4
refuses 1 'it signs by one algorithm only' test mine --algorithm es256 --passphrase fd:3
refuses 1 "found 'other'" test other --passphrase fd:3
openssl ecparam -name prime256v1 -genkey -noout -out ec.pem
openssl genpkey -algorithm ed25519 -out ed.pem
openssl genrsa -out rsa.pem 2048 2>/dev/null
openssl ecparam -name secp384r1 -genkey -noout -out p384.pem
chmod 600 ./*.pem
printf '%s' "$text" >text
for kind in ec:es256 ed:ed25519 rsa:rsa-sha256; do
    name=${kind%%:*}
    keys add $name --environment local --field secret=file:$name.pem || fail "add $name: $(cat err)"
    keys test $name --text "$text" --json || fail "test $name: $(cat out err)"
    [ "$(jq -r '[.algorithm, .signs] | join(" ")' out)" = "${kind##*:} true" ] || fail "$name: $(cat out)"
    jq -r .signature out | perl -ne 'chomp; print pack "H*", $_' >signature
    openssl pkey -in $name.pem -pubout -out public.pem
    case $name in
    ec) # r and s in DER, as openssl wants them
        sig=$(jq -r .signature out)
        printf 'asn1=SEQUENCE:s\n[s]\nr=INTEGER:0x%.64s\ns=INTEGER:0x%s\n' "$sig" "${sig#????????????????????????????????????????????????????????????????}" >asn1
        openssl asn1parse -genconf asn1 -noout -out signature || fail "no DER of $sig"
        openssl dgst -sha256 -verify public.pem -signature signature text >said || fail "es256 does not verify" ;;
    ed) openssl pkeyutl -verify -pubin -inkey public.pem -rawin -in text -sigfile signature >said || fail "ed25519 does not verify" ;;
    rsa) openssl dgst -sha256 -verify public.pem -signature signature text >said || fail "rsa does not verify" ;;
    esac
done
keys add p384 --environment local --field secret=file:p384.pem --algorithm es256 || fail "add p384: $(cat err)"
keys test p384 && fail "a key of another curve signs by es256"
says 'does not sign by es256: not supported'

# Listed without a passphrase; rotated; removed.
"$outcry" keys list --json >out 2>err || fail "list: $(cat err)"
[ "$(jq -c '[.keys[] | [.name, .environment, .algorithm, .fields, .rotated]]' out)" = \
    '[["mine","testnet","hmac-sha256",["api_key","secret"],null],["ec","local",null,["secret"],null],["ed","local",null,["secret"],null],["rsa","local",null,["secret"],null],["p384","local","es256",["secret"],null]]' ] ||
    fail "list: $(cat out)"
"$outcry" keys list >out 2>err || fail "list: $(cat err)"
says '5 keys'
export NEW_SECRET=anothersecret
refuses 2 'which values are new' rotate mine --passphrase fd:3
refuses 1 'it has fewer than 8 bytes' rotate mine --field secret=env:SHORT --passphrase fd:3
keys rotate mine --field secret=env:NEW_SECRET || fail "rotate: $(cat err)"
keys test mine --field secret --text "$text" || fail "test: $(cat err)"
says "$(mac "$text" anothersecret)"
"$outcry" keys list --json | jq -e '.keys[0].rotated and .keys[0].environment == "testnet"' >/dev/null || fail "what was rotated is not said"
"$outcry" keys rotate --passphrase fd:3 --new-passphrase fd:4 3<right 4<wrong >out 2>err || fail "rotate: $(cat err)"
refuses 1 'the passphrase is wrong' test mine --passphrase fd:3
"$outcry" keys test mine --passphrase fd:4 4<wrong >out 2>err || fail "the new passphrase does not open: $(cat err)"
mv wrong right
echo 'third horse battery' >wrong
keys remove rsa || fail "remove: $(cat err)"
says '4 keys'
refuses 1 "found 'rsa'" remove rsa --passphrase fd:3

# Damage is told from a wrong passphrase, and nothing is written over what is damaged.
cp "$vault" whole
printf X | dd of="$vault" bs=1 seek=70 conv=notrunc 2>/dev/null
refuses 1 'the file is damaged' test mine --passphrase fd:3
refuses 1 'the file is damaged' add x --environment local --field secret=env:MINE_SECRET --passphrase fd:3
cp whole "$vault"
chmod 640 "$vault"
refuses 1 'others than its owner may read' list
chmod 600 "$vault"

# systemd: the passphrase is a credential of the unit.
mkdir -m 700 credentials
cp right credentials/outcry_passphrase
chmod 400 credentials/outcry_passphrase
CREDENTIALS_DIRECTORY="$w/credentials" "$outcry" keys test mine >out 2>err || fail "systemd: $(cat err)"

# A terminal: nothing that is typed is shown, a typing mistake is taken back, and a new passphrase is typed twice.
type_at() { # LINES WORDS...: what stood on the screen is in `screen`; each line is typed when it was asked for
    lines=$1
    shift
    : >screen
    (
        asked=0
        for line in $lines; do
            asked=$((asked + 1))
            for try in $(seq 300); do
                [ "$(grep -o ': ' screen | wc -l)" -ge $asked ] && break
                sleep 0.1
            done
            printf '%b\n' "$line"
        done
        sleep 0.2
    ) | timeout 60 script -qfec "$outcry keys $*" /dev/null >screen 2>&1
}
command -v script >/dev/null && {
    type_at 'horse_battery_staple horse_battery_staple s3cret_typed' add typed --vault "$w/typed.vault" --environment local --field secret ||
        fail "at a terminal: $(cat screen)"
    ! grep -q -e s3cret -e horse screen || fail "the terminal shows what was typed: $(cat screen)"
    type_at 'horse_batteri\177y_staple' test typed --vault "$w/typed.vault" --text x || fail "at a terminal: $(cat screen)"
    grep -q "$(mac x s3cret_typed)" screen || fail "at a terminal another secret was taken: $(cat screen)"
    type_at 'horse_battery_staple aaaaaaaa bbbbbbbb' rotate --vault "$w/typed.vault" && fail "two unlike passphrases were taken"
    grep -q 'not the same' screen || fail "unlike passphrases: $(cat screen)"
    type_at '\003' test typed --vault "$w/typed.vault"
    grep -q 'nothing was typed' screen || fail "Ctrl-C: $(cat screen)"
}
# The commands of docs/keys.md, with the places that a test has.
count=0
echo a-value-of-a-key >value
chmod 600 value right
grep '^    outcry keys' "$root/docs/keys.md" | sed 's/ *#.*//; s/^    outcry keys //; s/--field \([a-z_]*\)/--field \1=file:value/g; s/^rotate$/rotate --new-passphrase file:right/' >shown
while read -r words; do
    count=$((count + 1))
    "$outcry" keys $words --vault "$w/shown.vault" --passphrase fd:3 3<right >out 2>err || fail "docs/keys.md: outcry keys $words: $(cat err)"
done <shown
[ "$count" = 6 ] || fail "docs/keys.md shows $count commands"
sed -n '/^venue: {/,/^};/p' "$root/docs/keys.md" >shown.conf
"$outcry" config check shown.conf >out 2>err || fail "the configuration of docs/keys.md: $(cat err)"
says 'venue.mine.keys.hedge.passphrase.tool'

ls -a "$w/data/outcry" | grep -q new && fail "a half-written vault was left"
echo "verb: keys are added, listed, proven, rotated and removed, and no word of a secret is said"
