#!/bin/sh
# Installs what building and running need and this machine lacks, and says so. With "browser": what the tests of pages and mail need too.
set -eu

say() { echo "== $*" >&2; }

need=""
command -v cc >/dev/null 2>&1 || need="$need gcc libc6-dev"
ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || command -v postgres >/dev/null 2>&1 || need="$need postgresql"
[ -e /etc/ssl/certs/ca-certificates.crt ] || need="$need ca-certificates"
if [ "${1:-}" = browser ]; then
    command -v chromium >/dev/null 2>&1 || need="$need chromium"
    command -v gpg >/dev/null 2>&1 && command -v gpg-agent >/dev/null 2>&1 || need="$need gpg gpg-agent"
    # Only its programs are used, by a test that starts its own. It would replace another mail server, so that is left to a person.
    if [ ! -x /usr/lib/postfix/sbin/master ]; then
        if [ -e /usr/sbin/sendmail ]; then
            say "Postfix is needed by one test and would replace this machine's mail server: that test will fail"
        else
            need="$need postfix"
        fi
    fi
    command -v npm >/dev/null 2>&1 || need="$need nodejs npm"
    command -v systemd-analyze >/dev/null 2>&1 || need="$need systemd"
fi

if ! command -v "${CARGO:-cargo}" >/dev/null 2>&1; then
    say "cargo was not found: install Rust 1.94 or newer (https://rustup.rs) and try again"
    exit 1
fi
# axe-core judges the pages; it is run by the tests alone and no part of the program.
axe=4.14.1
judge() {
    [ "$1" = browser ] || return 0
    grep -qs "\"version\": \"$axe\"" target/browser/node_modules/axe-core/package.json && return 0
    say "fetching axe-core $axe for the page tests"
    mkdir -p target/browser
    npm install --silent --no-save --no-audit --no-fund --ignore-scripts --prefix target/browser "axe-core@$axe" >/dev/null
}
cd "$(dirname "$0")/.."
[ -n "$need" ] || { judge "${1:-}"; exit 0; }

if [ "$(id -u)" = 0 ]; then
    as_root=""
elif command -v sudo >/dev/null 2>&1; then
    as_root="sudo"
else
    say "these packages are missing:$need; run as root: apt-get install$need"
    exit 1
fi
if ! command -v apt-get >/dev/null 2>&1; then
    say "these Debian packages or their like are missing:$need; install them and try again"
    exit 1
fi
say "installing what is missing:$need"
# A cluster of Debian's own is not wanted: presswatch keeps a private one.
common=/etc/postgresql-common/createcluster.conf
case "$need" in *postgresql*)
    if [ ! -e "$common" ]; then
        $as_root mkdir -p /etc/postgresql-common
        echo "create_main_cluster = false" | $as_root tee "$common" >/dev/null
    fi ;;
esac
case "$need" in *postfix*)
    # Without a configuration Debian does not start it.
    echo "postfix postfix/main_mailer_type select No configuration" | $as_root debconf-set-selections ;;
esac
$as_root apt-get update -qq
# shellcheck disable=SC2086
DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends $need >/dev/null
say "installed:$need"
judge "${1:-}"
