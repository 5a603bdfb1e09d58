#!/bin/sh
# Installs what is missing of the Debian packages that libsafe is built and
# tested with. Prints nothing and needs no network when nothing is missing.
#
#   packaging/setup.sh [group...]     groups: build (default), and those of packaging/deps
#
# The lists are packaging/deps/<group>.packages: a package a line, or "command:package" for one that is wanted only where
# there is no such command, or "/path:package" where there is no such file.
set -eu
here=$(cd "$(dirname "$0")" && pwd)

fail() {
    printf 'setup: %s\n' "$*" >&2
    exit 1
}

[ $# -gt 0 ] || set -- build
wanted=
for group; do
    list=$here/deps/$group.packages
    [ -f "$list" ] || fail "no group '$group'; there are: $(cd "$here/deps" && echo *.packages | sed "s,\.packages,,g")"
    for word in $(sed 's/#.*//' "$list"); do
        case $word in
        /*:*) [ -e "${word%%:*}" ] || wanted="$wanted ${word#*:}" ;;
        *:*) command -v "${word%%:*}" >/dev/null || wanted="$wanted ${word#*:}" ;;
        *) wanted="$wanted $word" ;;
        esac
    done
done

missing_of() {
    installed=$(dpkg-query -W -f '${Package}:${db:Status-Status}\n' "$@" 2>/dev/null) || true
    for package; do
        case "
$installed
" in
        *"
$package:installed
"*) ;;
        *) printf '%s ' "$package" ;;
        esac
    done
}

command -v dpkg-query >/dev/null || fail "this is not Debian. Install the counterparts of:$(echo $wanted | tr '\n' ' ')"
# shellcheck disable=SC2086  # a list of words
missing=$(missing_of $wanted)
[ -n "$missing" ] || exit 0

command -v apt-get >/dev/null || fail "apt-get is missing, please install: $missing"
as_root=
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || fail "not root and no sudo; as root, type: apt-get install --no-install-recommends $missing"
    as_root=sudo
fi
apt() {
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@"
}

log=$(mktemp)
trap 'rm -f "$log"' EXIT
printf 'setup: installing %s\n' "$missing" >&2
if ! apt update >"$log" 2>&1; then
    cat "$log" >&2
    fail "apt-get update failed (no network?); still missing: $missing"
fi
# shellcheck disable=SC2086
if ! apt install --no-install-recommends $missing >"$log" 2>&1; then
    tail -n 30 "$log" >&2
    fail "apt-get could not install: $missing(Debian 12 has them all)"
fi
