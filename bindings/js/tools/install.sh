#!/bin/sh
# The development tools of the JavaScript package (package-lock.json), and where they are.
#
#   install.sh [FOLDER]     prints the folder whose node_modules holds them; installs them first if it does not exist.
#                           FOLDER has another package.json and package-lock.json than those of the package
#
# They are kept in ${XDG_CACHE_HOME:-$HOME/.cache}/libsafe/npm/<hash of the lock>, so that the registry that npm is
# configured with is asked once.
set -eu
here=$(cd "${1:-$(dirname "$0")/..}" && pwd)

fail() {
    printf 'npm tools: %s\n' "$*" >&2
    exit 1
}

for tool in node npm sha256sum; do
    command -v $tool >/dev/null || fail "$tool is missing. Type: packaging/setup.sh js"
done
hash=$(sha256sum "$here/package-lock.json" | cut -c1-16)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/libsafe/npm
folder=$cache/$hash
if [ ! -d "$folder/node_modules" ]; then
    mkdir -p "$cache"
    # Made aside and moved: another make may be doing the same, and an interrupted one must leave nothing half done.
    new=$(mktemp -d "$cache/new.XXXXXX")
    trap 'rm -rf "$new"' EXIT
    cp "$here/package.json" "$here/package-lock.json" "$new"
    printf 'npm tools: installing into %s\n' "$folder" >&2
    (cd "$new" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) >"$new/log" 2>&1 || {
        cat "$new/log" >&2
        fail "npm could not install what $here/package.json names (no network, and nothing in the cache?)"
    }
    chmod 755 "$new"
    mv -T "$new" "$folder" 2>/dev/null || [ -d "$folder/node_modules" ] || fail "cannot move $new to $folder"
fi
printf '%s\n' "$folder"
