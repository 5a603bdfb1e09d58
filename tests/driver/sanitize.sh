#!/bin/sh
# The suites under AddressSanitizer + UndefinedBehaviorSanitizer, then under ThreadSanitizer, then the C examples under
# valgrind.   sanitize.sh [JOBS]   (SAFE_ONLY=asan, tsan or valgrind runs one of them)
set -eu
cd "$(dirname "$0")/../.."
jobs=${1:-2}
only=${SAFE_ONLY:-asan tsan valgrind}
SAFE_SEED=${SAFE_SEED:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}
export SAFE_SEED
echo "seed $SAFE_SEED (SAFE_SEED=$SAFE_SEED repeats this run)"

# Not for sanitizers: what measures memory, looks at text, or runs what was built without them.
left_out='^((lint|abi|drift|memory|consumers|tour|differential|python|bench)\.|load\.crowd)'

suite() {
    cmake -S . --preset "$1" >"build-$1.log" 2>&1 || { cat "build-$1.log"; exit 1; }
    rm -f "build-$1.log"
    ninja -C "build-$1" -j "$jobs" --quiet
    ctest --test-dir "build-$1" -j "$jobs" --output-on-failure --no-tests=error --timeout 1800 -E "$left_out"
}

# No sanitizer can be preloaded before itself: programs that open the library late say so by their own means.
export ASAN_OPTIONS="detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1:allocator_may_return_null=1${ASAN_OPTIONS:+:$ASAN_OPTIONS}"
export UBSAN_OPTIONS="print_stacktrace=1:halt_on_error=1${UBSAN_OPTIONS:+:$UBSAN_OPTIONS}"
export TSAN_OPTIONS="halt_on_error=1:second_deadlock_stack=1${TSAN_OPTIONS:+:$TSAN_OPTIONS}"
for what in $only; do
    case $what in
    asan | tsan) suite "$what" ;;
    valgrind) make build && tests/driver/valgrind.sh build ;;
    *) echo "sanitize: SAFE_ONLY=$what: asan, tsan or valgrind"; exit 2 ;;
    esac
done
