#!/bin/sh
# Builds the dependencies that Debian does not ship in the form libsafe needs,
# as position-independent static archives with hidden symbols:
#
#   brotli   Debian's source, patched (packaging/patches/brotli) so that it
#            writes the bytes of the network's Rust encoder
#   blake3   the official C implementation, from Debian's librust-blake3-dev
#
# libsodium and SQLite are Debian's own static archives: both are
# position-independent and free of static TLS (Deps.cmake checks).
#
#   packaging/deps/build.sh [--path]
#
# The result is cached per user; --path prints where. Prints nothing else when
# it is there. Two runs at once, and a run cut short, are harmless: a build
# happens in a folder of its own and is renamed when complete.
# CC and LIBSAFE_DEPS_CFLAGS (e.g. -fsanitize=address) are part of the key.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
patches=$here/../patches
cache=${XDG_CACHE_HOME:-$HOME/.cache}/libsafe/deps
cc=${CC:-cc}
extra=${LIBSAFE_DEPS_CFLAGS:-}
# Contraction and fast-math would change brotli's choices, and so addresses.
cflags="-O3 -g1 -fPIC -fvisibility=hidden -ffp-contract=off -DNDEBUG $extra"

brotli_version=1.0.9-2
brotli_tarball=brotli_1.0.9.orig.tar.gz
brotli_sha256=f9e8d81d0405ba66d181529af42a3354f838c939095ff99930da6aa9cdf6fe46

fail() {
    printf 'deps: %s\n' "$*" >&2
    exit 1
}

for tool in "$cc" ar patch tar sha256sum; do
    command -v "$tool" >/dev/null || fail "$tool is missing: run packaging/setup.sh build"
done
blake3_c=
for dir in /usr/share/cargo/registry/blake3-*/c; do
    [ -f "$dir/blake3.h" ] && blake3_c=$dir
done
[ -n "$blake3_c" ] || fail "BLAKE3 is missing: run packaging/setup.sh build (package librust-blake3-dev)"

machine=$($cc $extra -dumpmachine)
key=$({
    cat "$here/build.sh" "$patches"/brotli/*.patch
    echo "$brotli_sha256 $cflags $machine"
    $cc --version | head -n 1
    cat "$blake3_c"/*.[chS]
} | sha256sum | cut -c 1-20)
prefix=$cache/$key
[ "${1-}" = --path ] && printf '%s\n' "$prefix"
[ -f "$prefix/.complete" ] && exit 0

mkdir -p "$cache" || fail "cannot write to $cache"
if command -v flock >/dev/null; then
    exec 9>"$cache/.lock"
    flock 9
    [ -f "$prefix/.complete" ] && exit 0
fi
find "$cache" -maxdepth 1 -name '.build.*' -mmin +1440 -exec rm -rf {} +

say() { printf 'deps: %s\n' "$*" >&2; }
work=$(mktemp -d "$cache/.build.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
out=$work/out
mkdir -p "$out/lib" "$out/include" "$out/src" "$work/o"
cflags="$cflags -ffile-prefix-map=$out/src=. -ffile-prefix-map=$PWD=."
jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)

# archive NAME FLAGS SOURCE...: compiles in parallel
archive() {
    name=$1 flags=$2
    shift 2
    mkdir -p "$work/o/$name"
    for source; do
        printf '%s %s\n' "$source" "$work/o/$name/$(basename "${source%.*}")-$(printf %s "$source" | cksum | cut -d ' ' -f 1).o"
    done >"$work/o/$name.list"
    # shellcheck disable=SC2086
    xargs -P "$jobs" -n 2 sh -c 'exec '"$cc $cflags $flags"' -c "$0" -o "$1"' <"$work/o/$name.list" ||
        fail "compiling $name failed"
    ar crsD "$out/lib/lib$name.a" "$work/o/$name"/*.o
}

say "building brotli and BLAKE3 (once, into $prefix)"
"$here/source.sh" brotli "$brotli_version" "$brotli_tarball" "$brotli_sha256" "$cache/source"
tar -xf "$cache/source/$brotli_tarball" -C "$work"
mv "$work/brotli-1.0.9" "$out/src/brotli"
for file in "$patches"/brotli/*.patch; do
    patch --silent --fuzz=0 -p1 -d "$out/src/brotli" <"$file" || fail "$(basename "$file") does not apply"
done
b=$out/src/brotli/c
cp -R "$b/include/brotli" "$out/include/"
archive brotlicommon "-I$b/include" "$b"/common/*.c
archive brotlidec "-I$b/include" "$b"/dec/*.c
archive brotlienc "-I$b/include" "$b"/enc/*.c

mkdir -p "$out/src/blake3"
cp "$blake3_c"/*.[chS] "$out/src/blake3/"
cp "$blake3_c/blake3.h" "$out/include/"
s=$out/src/blake3
common="$s/blake3.c $s/blake3_dispatch.c $s/blake3_portable.c"
# shellcheck disable=SC2086
case $machine in
x86_64-*-linux-* | x86_64-linux-*)
    archive blake3 "-I$s" $common "$s"/blake3_*_x86-64_unix.S ;;
aarch64-*)
    archive blake3 "-I$s -DBLAKE3_USE_NEON=1" $common "$s/blake3_neon.c" ;;
*)
    archive blake3 "-I$s -DBLAKE3_NO_SSE2 -DBLAKE3_NO_SSE41 -DBLAKE3_NO_AVX2 -DBLAKE3_NO_AVX512" $common ;;
esac

: >"$out/.complete"
[ -e "$prefix" ] && [ ! -f "$prefix/.complete" ] && rm -rf "$prefix"
mv -T "$out" "$prefix" 2>/dev/null || [ -f "$prefix/.complete" ] || fail "cannot create $prefix"
say done
