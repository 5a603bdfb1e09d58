#!/bin/sh
# Every fuzz target for FUZZ_SECONDS each, from its committed corpus. What it finds is left in build-fuzz/found.
#   fuzz.sh [JOBS]   (FUZZ_ONLY=name runs one target)
set -eu
cd "$(dirname "$0")/../.."
jobs=${1:-2}
seconds=${FUZZ_SECONDS:-60}
cmake -S . --preset fuzz >build-fuzz.log 2>&1 || { cat build-fuzz.log; exit 1; }
rm -f build-fuzz.log
ninja -C build-fuzz -j "$jobs" --quiet fuzzers

found=$PWD/build-fuzz/found
mkdir -p "$found"
ran=0
for target in $(find build-fuzz -type f -perm -u+x -name "fuzz_${FUZZ_ONLY:-*}" | sort); do
    name=$(basename "$target")
    corpus=build-fuzz/corpus/$name
    mkdir -p "$corpus"
    echo "$name: $seconds s"
    "$target" -max_total_time="$seconds" -print_final_stats=1 -artifact_prefix="$found/$name-" -rss_limit_mb=2048 \
        -timeout=20 "$corpus" $(find tests/fuzz -type d -path "*corp*/${name#fuzz_}") >"$found/$name.log" 2>&1 || {
        tail -n 40 "$found/$name.log"
        echo "fuzz: $name failed; the input is in $found"
        exit 1
    }
    grep -E 'stat::(number_of_executed_units|new_units_added|peak_rss_mb)' "$found/$name.log"
    ran=$((ran + 1))
done
[ "$ran" -gt 0 ] || { echo "fuzz: no target was built (fuzz_* in build-fuzz)"; exit 1; }
