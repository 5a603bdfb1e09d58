#!/bin/sh
# Fetches the source of a Debian package, checked by apt's signatures and by
# the hash given here, without touching the system's package lists.
#
#   source.sh PACKAGE VERSION TARBALL SHA256 DIRECTORY
#
# Leaves DIRECTORY/TARBALL; does nothing when it is there and right.
set -eu
package=$1 version=$2 tarball=$3 sha256=$4 dir=$5

fail() {
    printf 'deps: %s\n' "$*" >&2
    exit 1
}
is_right() {
    [ -f "$1" ] && printf '%s  %s\n' "$sha256" "$1" | sha256sum --check --status
}

is_right "$dir/$tarball" && exit 0
command -v apt-get >/dev/null || fail "apt-get is missing: put $tarball of Debian's source package $package $version into $dir"
mkdir -p "$dir"
work=$(mktemp -d "$dir/.fetch.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/source"

# The same archive as the system's, but its sources, and the stable suite
# alone: the security suite lists sources that are not always served.
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
[ -f "$keyring" ] && option="[signed-by=$keyring] " || option=
apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
    awk -v option="$option" '$2 ~ /^(bookworm|stable|oldstable|12)$/ && $3 == "main" {
        print "deb-src " option $1 " bookworm main" }' | sort -u >"$work/sources.list"
[ -s "$work/sources.list" ] || fail "apt knows no Debian 12 (bookworm) archive: put $tarball of Debian's source package $package $version into $dir"

apt() {
    apt-get -q -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=- \
        -o Dir::State::lists="$work/lists" -o Dir::Cache="$work/cache" \
        -o Acquire::Languages=none -o APT::Update::Error-Mode=any -o APT::Sandbox::User="$(id -un)" "$@"
}
if ! { apt update && cd "$work/source" && apt source --download-only "$package=$version"; } >"$work/log" 2>&1; then
    cat "$work/log" >&2
    fail "cannot fetch Debian's source package $package $version (no network?)"
fi
is_right "$work/source/$tarball" || fail "$tarball is not the file that was expected (SHA-256 $sha256)"
mv "$work/source/$tarball" "$dir/$tarball"
