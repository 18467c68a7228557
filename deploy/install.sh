#!/bin/sh
# install.sh PROGRAM DESTDIR PREFIX: puts the program, its unit, account, folders, completions and documentation in place.
# With an empty DESTDIR it also creates account and folders, and writes a default configuration where there is none.
set -eu
program=$1 destdir=$2 prefix=$3
here=$(dirname "$0")

put() { install -D -m "$1" "$2" "$destdir$3"; echo "installed $destdir$3"; }

put 755 "$program" "$prefix/bin/presswatch"
put 644 "$here/presswatch.service" /usr/lib/systemd/system/presswatch.service
put 644 "$here/presswatch.sysusers" /usr/lib/sysusers.d/presswatch.conf
put 644 "$here/presswatch.tmpfiles" /usr/lib/tmpfiles.d/presswatch.conf
for page in operations configuration watchlists delivery; do
    put 644 "$here/../docs/$page.md" "$prefix/share/doc/presswatch/$page.md"
done
completions=$(mktemp)
trap 'rm -f "$completions"' EXIT
"$program" completions bash >"$completions"
put 644 "$completions" "$prefix/share/bash-completion/completions/presswatch"

[ -z "$destdir" ] || exit 0
[ "$prefix" = /usr ] || sed -i "s|^ExecStart=/usr/bin/|ExecStart=$prefix/bin/|" /usr/lib/systemd/system/presswatch.service
systemd-sysusers /usr/lib/sysusers.d/presswatch.conf
systemd-tmpfiles --create /usr/lib/tmpfiles.d/presswatch.conf
if [ ! -e /etc/presswatch/presswatch.toml ]; then
    "$prefix/bin/presswatch" init /etc/presswatch
    chown -R root:presswatch /etc/presswatch
    chmod -R u=rwX,g=rX,o= /etc/presswatch
    chmod 700 /etc/presswatch/credentials
    chown root:root /etc/presswatch/credentials
fi
if [ -d /run/systemd/system ]; then
    systemctl daemon-reload
    echo "next: edit /etc/presswatch, run 'presswatch check', then 'systemctl enable --now presswatch'"
fi
