#!/bin/sh
# Builds the dependencies of the wasm build with Emscripten, as static archives:
#
#   sodium   Debian's source; randomness comes from one import (wasm/randombytes_default.c)
#   brotli   Debian's source, patched as for the native build
#   blake3   the official C implementation, its SSE4.1 files as wasm SIMD (wasm/blake3_dispatch.c)
#
#   packaging/deps/build-wasm.sh [--path]
#
# The result is cached per user; --path prints where. Prints nothing else when it is there. Two runs at once, and a run
# cut short, are harmless: a build happens in a folder of its own and is renamed when complete.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
patches=$here/../patches
cache=${XDG_CACHE_HOME:-$HOME/.cache}/libsafe/deps-wasm
sources=$cache/../deps/source
# Debian's node-acorn lies where a node that is not Debian's does not look.
export NODE_PATH=/usr/share/nodejs
# Contraction would change brotli's choices, and so addresses.
cflags="-O3 -fvisibility=hidden -ffp-contract=off -DNDEBUG"

brotli_version=1.0.9-2
brotli_tarball=brotli_1.0.9.orig.tar.gz
brotli_sha256=f9e8d81d0405ba66d181529af42a3354f838c939095ff99930da6aa9cdf6fe46
sodium_version=1.0.18-1+deb12u1
sodium_tarball=libsodium_1.0.18.orig.tar.gz
sodium_sha256=d59323c6b712a1519a5daf710b68f5e7fde57040845ffec53850911f10a5d4f4
sodium_debian=libsodium_1.0.18-1+deb12u1.debian.tar.xz
sodium_debian_sha256=f410474e46346b06b162defa05b1be26906aeed6cf309e3d4ebe30b4d1350733

fail() {
    printf 'deps: %s\n' "$*" >&2
    exit 1
}

for tool in emcc emar patch tar sha256sum; do
    command -v "$tool" >/dev/null || fail "$tool is missing: run packaging/setup.sh build wasm"
done
blake3_c=
for dir in /usr/share/cargo/registry/blake3-*/c; do
    [ -f "$dir/blake3.h" ] && blake3_c=$dir
done
[ -n "$blake3_c" ] || fail "BLAKE3 is missing: run packaging/setup.sh build (package librust-blake3-dev)"

key=$({
    cat "$here/build-wasm.sh" "$here"/wasm/* "$patches"/brotli/*.patch
    cat /usr/share/emscripten/emscripten-version.txt
    cat "$blake3_c"/*.[ch]
} | sha256sum | cut -c 1-20)
prefix=$cache/$key
[ "${1-}" = --path ] && printf '%s\n' "$prefix"
[ -f "$prefix/.complete" ] && exit 0

mkdir -p "$cache" "$sources" || fail "cannot write to $cache"
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
cflags="$cflags -ffile-prefix-map=$out/src=."
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
    xargs -P "$jobs" -n 2 sh -c 'exec emcc '"$cflags $flags"' -c "$0" -o "$1"' <"$work/o/$name.list" ||
        fail "compiling $name failed"
    rm -f "$out/lib/lib$name.a"
    emar crsD "$out/lib/lib$name.a" "$work/o/$name"/*.o
}

say "building libsodium, brotli and BLAKE3 for wasm (once, into $prefix)"
"$here/source.sh" brotli "$brotli_version" "$brotli_tarball" "$brotli_sha256" "$sources"
"$here/source.sh" libsodium "$sodium_version" "$sodium_tarball" "$sodium_sha256" "$sources"
"$here/source.sh" libsodium "$sodium_version" "$sodium_debian" "$sodium_debian_sha256" "$sources"

tar -xf "$sources/$brotli_tarball" -C "$work"
mv "$work/brotli-1.0.9" "$out/src/brotli"
for file in "$patches"/brotli/*.patch; do
    patch --silent --fuzz=0 -p1 -d "$out/src/brotli" <"$file" || fail "$(basename "$file") does not apply"
done
b=$out/src/brotli/c
cp -R "$b/include/brotli" "$out/include/"
# Brotli takes registers to be as wide as pointers, but those of wasm have 64 bits. Its vector instructions are those that it
# says itself (enc/hash_tags.h).
brotli_flags="-I$b/include -DBROTLI_BUILD_64_BIT=1"
archive brotlicommon "$brotli_flags" "$b"/common/*.c
archive brotlidec "$brotli_flags" "$b"/dec/*.c
archive brotlienc "$brotli_flags -msimd128 -fno-vectorize -fno-slp-vectorize" "$b"/enc/*.c

mkdir -p "$out/src/blake3"
cp "$blake3_c"/*.[ch] "$out/src/blake3/"
cp "$here/wasm/blake3_dispatch.c" "$out/src/blake3/"
cp "$blake3_c/blake3.h" "$out/include/"
s=$out/src/blake3
archive blake3 "-I$s -msimd128 -msse4.1 -DIS_X86=1" \
    "$s/blake3.c" "$s/blake3_portable.c" "$s/blake3_sse41.c" "$s/blake3_dispatch.c"

tar -xf "$sources/$sodium_tarball" -C "$work"
mkdir "$work/debian"
tar -xf "$sources/$sodium_debian" -C "$work/debian"
mv "$work/libsodium-1.0.18" "$out/src/sodium"
for file in $(cat "$work/debian/debian/patches/series"); do
    patch --silent --fuzz=0 -p1 -d "$out/src/sodium" <"$work/debian/debian/patches/$file" || fail "$file does not apply"
done
s=$out/src/sodium/src/libsodium
sed -e 's/@VERSION@/1.0.18/; s/@SODIUM_LIBRARY_VERSION_MAJOR@/10/; s/@SODIUM_LIBRARY_VERSION_MINOR@/3/' \
    -e 's/@SODIUM_LIBRARY_MINIMAL_DEF@//' "$s/include/sodium/version.h.in" >"$s/include/sodium/version.h"
cp "$here"/wasm/randombytes* "$s/randombytes/"
cp -R "$s/include/sodium" "$s/include/sodium.h" "$out/include/"
# The plain C of each algorithm. Nothing that asks an operating system for memory, time or randomness. ChaCha20's SSSE3 file
# would be three times as fast as wasm SIMD, but clang 14 compiles it wrongly: a load of the counter (v128.load64_splat) comes
# after the store of the next one.
find "$s" -name '*.c' ! -name randombytes.c ! -name randombytes_sysrandom.c ! -name randombytes_internal_random.c \
    ! -name randombytes_wasm.c | sort >"$work/sodium.list"
sodium_flags="-DCONFIGURED=1 -DDEV_MODE=0 -DHAVE_STDINT_H=1 -I$s/include -I$s/include/sodium"
mkdir -p "$work/o/sodium"
# shellcheck disable=SC2046,SC2086
archive sodium "$sodium_flags" $(cat "$work/sodium.list")
# shellcheck disable=SC2086
emcc $cflags $sodium_flags -U__EMSCRIPTEN__ -include "$s/randombytes/randombytes_wasm.h" -c "$s/randombytes/randombytes.c" \
    -o "$work/o/sodium/randombytes.o"
emar crsD "$out/lib/libsodium.a" "$work/o/sodium"/*.o

: >"$out/.complete"
[ -e "$prefix" ] && [ ! -f "$prefix/.complete" ] && rm -rf "$prefix"
mv -T "$out" "$prefix" 2>/dev/null || [ -f "$prefix/.complete" ] || fail "cannot create $prefix"
say done
