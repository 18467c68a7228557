#!/bin/sh
# Makes the certificates beside this file anew. They stand for servers on loopback in tests and protect nothing.
# Needs openssl 3. The private keys of the issuers are thrown away.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat > ca.cnf <<CNF
[ca]
default_ca = here
[here]
database = index.txt
new_certs_dir = .
rand_serial = yes
default_md = sha256
policy = any
unique_subject = no
copy_extensions = none
[any]
commonName = supplied
[req]
distinguished_name = dn
prompt = no
[dn]
CN = unused
[root]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign
[server]
basicConstraints = critical, CA:false
extendedKeyUsage = serverAuth
subjectAltName = DNS:news.example, IP:127.0.0.1
[other]
basicConstraints = critical, CA:false
extendedKeyUsage = serverAuth
subjectAltName = DNS:other.example, DNS:www.other.example
CNF
: > index.txt

key() { openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt -out "$1.key"; }
# sign NAME SUBJECT EXTENSIONS ISSUER FROM UNTIL KEY
sign() {
    openssl req -new -key "$7.key" -subj "/CN=$2" -config ca.cnf -out "$1.csr"
    if [ "$4" = self ]; then issuer="-selfsign -keyfile $7.key"; else issuer="-cert $4.crt -keyfile $4.key"; fi
    # shellcheck disable=SC2086
    openssl ca -batch -notext -config ca.cnf -extensions "$3" -startdate "$5" -enddate "$6" $issuer -in "$1.csr" -out "$1.crt" 2>/dev/null
}
early=20200101000000Z
late=21200101000000Z

for name in root middle grey server; do key "$name"; done
sign root "Valley Root" root self $early $late root
sign middle "Valley Issuer" root root $early $late middle
sign grey "Grey Proxy Root" root self $early $late grey
sign good news.example server root $early $late server
sign chained news.example server middle $early $late server
sign expired news.example server root $early 20210203000000Z server
sign future news.example server root 21100405000000Z $late server
sign misnamed other.example other root $early $late server
sign alone news.example server self $early $late server
sign alone-ca news.example root self $early $late server
sign grey-leaf news.example server grey $early $late server

cp root.crt "$here/root.pem"
cp server.key "$here/key.pem"
cp good.crt "$here/good.pem"
cat chained.crt middle.crt > "$here/chain.pem"
cp chained.crt "$here/incomplete.pem"
cp expired.crt "$here/expired.pem"
cp future.crt "$here/future.pem"
cp misnamed.crt "$here/misnamed.pem"
cp alone.crt "$here/self-signed.pem"
cp alone-ca.crt "$here/self-signed-authority.pem"
cat grey-leaf.crt grey.crt > "$here/unknown.pem"
