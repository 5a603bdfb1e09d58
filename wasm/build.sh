#!/bin/sh
# Configures and builds libsafe for wasm. Says nothing when nothing is to be done.
#
#   wasm/build.sh BUILD [JOBS] [TARGET...]
#
# Leaves BUILD/wasm; works in BUILD/cmake-wasm.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
build=$(realpath -m "$1")
jobs=${2:-2}
[ $# -lt 2 ] || shift
shift
dir=$build/cmake-wasm
# Debian's node-acorn, which emcc's JavaScript needs, lies where a node that is not Debian's does not look.
export NODE_PATH=/usr/share/nodejs

if ! { [ -f "$dir/build.ninja" ] && grep -qs "^SAFE_OUTPUT_DIR:[A-Z]*=$build\$" "$dir/CMakeCache.txt"; }; then
    echo "configuring $dir"
    mkdir -p "$dir"
    cmake -S "$here" -B "$dir" -G Ninja -DSAFE_OUTPUT_DIR="$build" \
        -DCMAKE_TOOLCHAIN_FILE=/usr/share/emscripten/cmake/Modules/Platform/Emscripten.cmake >"$dir/configure.log" 2>&1 ||
        { cat "$dir/configure.log"; exit 1; }
fi
ninja -C "$dir" -n "$@" | grep -q 'no work to do' || ninja -C "$dir" -j "$jobs" "$@"
