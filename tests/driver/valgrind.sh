#!/bin/sh
# The C examples under valgrind: no error, no leak.   valgrind.sh BUILD
set -eu
build=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
command -v valgrind >/dev/null || { echo "valgrind: missing, run packaging/setup.sh test"; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
head -c 3000000 /dev/urandom >"$work/source"
arguments() { # of an example
    case $1 in
    queue) echo 50 "file:$work/vault-$1" ;;
    callbacks) echo "file:$work/vault-$1" ;;
    *) echo "$work/source" "file:$work/vault-$1" ;;
    esac
}
for source in "$here"/../../capi/examples/*.c; do
    name=$(basename "$source" .c)
    cc -g "$source" "-I$build/include" "-L$build/lib" -lsafe "-Wl,-rpath,$build/lib" -o "$work/$name"
    echo "valgrind: $name"
    # One worker: valgrind runs one thread at a time anyway.
    SAFE_WORKERS=1 valgrind --quiet --error-exitcode=9 --leak-check=full --show-leak-kinds=definite,indirect,possible \
        --errors-for-leak-kinds=definite,indirect,possible --fair-sched=yes \
        "$work/$name" $(arguments "$name") >"$work/out" 2>&1 || {
        status=$?
        cat "$work/out"
        echo "valgrind: $name ended with $status"
        exit 1
    }
done
