// What the programs of C and C++ here have in common: the clock, the counter of allocations, and the line that they print.
#pragma once

#include <dlfcn.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace bench {

using Clock = std::chrono::steady_clock;

inline double seconds_since(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

// With allocations.c preloaded.
inline std::uint64_t allocations() {
    using Count = std::uint64_t (*)();
    static const auto count = reinterpret_cast<Count>(dlsym(RTLD_DEFAULT, "safe_bench_allocations"));
    return count ? count() : 0;
}

// Many and short, so that some are not disturbed whatever else the machine does.
constexpr int rounds = 200;

// The best of the rounds, in nanoseconds a call; and what the last one asked the allocator for, a call.
template <class Call>
std::string measured(const char *name, int calls, Call call) {
    double best = 1e9;
    std::uint64_t asked = 0;
    for (int round = 0; round < rounds; ++round) {
        const auto before = allocations();
        const auto begin = Clock::now();
        for (int number = 0; number < calls; ++number) call();
        const double took = seconds_since(begin);
        if (took < best) best = took;
        asked = allocations() - before;
    }
    char text[200];
    std::snprintf(text, sizeof text, "\"%s\": {\"ns\": %.1f, \"allocations\": %.2f}", name, best / calls * 1e9,
                  static_cast<double>(asked) / calls);
    return text;
}

inline std::vector<char> content_of(const char *path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

// The best of three, in seconds.
template <class Work>
double fastest(Work work) {
    double best = 1e9;
    for (int round = 0; round < 3; ++round) {
        const auto begin = Clock::now();
        work();
        const double took = seconds_since(begin);
        if (took < best) best = took;
    }
    return best;
}

constexpr std::size_t piece = 1 << 20;

// How many calls of each kind a round has: argument 2 of the program divides them.
struct Counts {
    int empty = 20000, link = 250, operation = 50;

    explicit Counts(const char *divisor) {
        const int by = divisor ? std::atoi(divisor) : 1;
        empty /= by;
        link /= by;
        operation /= by;
    }
};

} // namespace bench
