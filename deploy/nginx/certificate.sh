#!/bin/sh
# Makes a certificate of its own for https://localhost in the directory given,
# where there is none, or one that it made before and that soon ends. One that
# somebody else made is left as it is. More arguments are more names.
set -eu
dir=$1
shift

names=DNS:localhost,IP:127.0.0.1,IP:::1
for name in "$@"; do
	names=$names,DNS:$name
done

# Reports whether the certificate that is there may be replaced.
replaceable() {
	[ -e "$dir/fullchain.pem" ] || return 0
	openssl x509 -in "$dir/fullchain.pem" -noout -subject | grep -q 'Kith, made here' &&
		! openssl x509 -in "$dir/fullchain.pem" -noout -checkend $((30 * 24 * 60 * 60)) >/dev/null
}

replaceable || exit 0
if ! command -v openssl >/dev/null 2>&1; then
	echo "A certificate is missing in $dir, and so is openssl, which would make one: apt-get install openssl" >&2
	exit 1
fi
mkdir -p "$dir"
new=$(mktemp -d "$dir/new.XXXXXX")
trap 'rm -rf "$new"' EXIT
cat >"$new/config" <<END
[req]
prompt = no
distinguished_name = name
x509_extensions = leaf
[name]
O = Kith, made here
CN = localhost
[leaf]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = $names
END
openssl req -x509 -new -config "$new/config" -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 397 \
	-keyout "$new/privkey.pem" -out "$new/fullchain.pem" 2>/dev/null
mv "$new/privkey.pem" "$new/fullchain.pem" "$dir/"
