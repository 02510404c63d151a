#!/bin/sh
# certs.sh FOLDER: an authority and the certificates of test servers: one that is good, and each way of being bad, as NAME.pem (chain) and
# NAME.key. Made once; `ca.pem` is whom a test trusts. Needs the program openssl.
set -eu
mkdir -p "$1"
cd "$1"
[ -f made ] && exit 0
exec >make.log 2>&1
rm -rf ./*.pem ./*.key ./*.csr ./*.cnf db
mkdir db

key() { # FILE [BITS]: of a curve, or of RSA with so many bits
    if [ $# = 1 ]; then openssl ecparam -name prime256v1 -genkey -noout -out "$1"; else openssl genrsa -out "$1" "$2"; fi
}

# authority NAME SUBJECT EXTENSIONS...: signs itself.
authority() {
    name=$1 subject=$2
    shift 2
    key "$name.key"
    printf '[req]\nprompt=no\ndistinguished_name=d\nx509_extensions=x\n[d]\nCN=%s\n[x]\nsubjectKeyIdentifier=hash\n' "$subject" >"$name.cnf"
    for line in "$@"; do echo "$line" >>"$name.cnf"; done
    openssl req -x509 -new -key "$name.key" -days 3650 -config "$name.cnf" -out "$name.pem"
}

# signed NAME BY DIGEST FROM TO EXTENSIONS...: NAME.key is there.
signed() {
    name=$1 by=$2 digest=$3 from=$4 to=$5
    shift 5
    printf '[req]\nprompt=no\ndistinguished_name=d\n[d]\nCN=%s\n' "$name.test" >"$name.cnf"
    openssl req -new -key "$name.key" -config "$name.cnf" -out "$name.csr"
    rm -f db/index.txt
    : >db/index.txt
    [ -f db/serial ] || echo 1000 >db/serial
    {
        printf '[ca]\ndefault_ca=c\n[c]\ndatabase=db/index.txt\nserial=db/serial\nnew_certs_dir=db\npolicy=p\nunique_subject=no\n'
        printf '[p]\ncommonName=supplied\n[x]\nauthorityKeyIdentifier=keyid\nsubjectKeyIdentifier=hash\n'
        for line in "$@"; do echo "$line"; done
    } >"$name.ca.cnf"
    openssl ca -batch -notext -config "$name.ca.cnf" -cert "$by.pem" -keyfile "$by.key" -md "$digest" -startdate "$from" -enddate "$to" \
        -extensions x -in "$name.csr" -out "$name.pem"
}

past=20200101000000Z yesterday=20210101000000Z
begin=20230101000000Z end=20460101000000Z future=20450101000000Z
here='subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1'
server='extendedKeyUsage=serverAuth'
is_ca='basicConstraints=critical,CA:TRUE'

authority ca 'Test Authority' "$is_ca" 'keyUsage=critical,keyCertSign,cRLSign'
authority other_ca 'Another Authority' "$is_ca"

for name in good expired not_yet other_name unknown_ca wrong_usage sha1 other_address no_name by_leaf no_chain constrained middle leaf; do key $name.key; done
key weak.key 1024
signed good ca sha256 $begin $end "$here" "$server"
signed expired ca sha256 $past $yesterday "$here" "$server"
signed not_yet ca sha256 $future $end "$here" "$server"
signed other_name ca sha256 $begin $end 'subjectAltName=DNS:example.test' "$server"
signed unknown_ca other_ca sha256 $begin $end "$here" "$server"
signed wrong_usage ca sha256 $begin $end "$here" 'extendedKeyUsage=clientAuth'
signed weak ca sha256 $begin $end "$here" "$server"
signed sha1 ca sha1 $begin $end "$here" "$server"
signed other_address ca sha256 $begin $end 'subjectAltName=IP:127.0.0.2,DNS:127.0.0.1' "$server"
signed no_name ca sha256 $begin $end "$server"
signed leaf ca sha256 $begin $end "$here" "$server"
signed by_leaf leaf sha256 $begin $end "$here" "$server"
cat leaf.pem >>by_leaf.pem
signed middle ca sha256 $begin $end "$is_ca" 'nameConstraints=critical,permitted;DNS:example.test,excluded;IP:0.0.0.0/0.0.0.0'
signed no_chain middle sha256 $begin $end "$here" "$server"
signed constrained middle sha256 $begin $end "$here" "$server"
cat middle.pem >>constrained.pem
authority self 'localhost' "$here"
touch made
