// What the programs of the network's benchmarks have in common.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <string>
#include <vector>

namespace safe::bench {

using Clock = std::chrono::steady_clock;

constexpr std::size_t small_value = 200;
// What a request to put such a value is before it is sealed: the frame's head, its header, the value.
constexpr std::size_t small_message = 22 + 37 + small_value;

inline double seconds_since(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

class Latencies {
  public:
    void took(Clock::time_point since) { micros_.push_back(static_cast<float>(seconds_since(since) * 1e6)); }
    double percentile(unsigned percent) {
        if (micros_.empty()) return 0;
        const auto at = micros_.begin() + static_cast<std::ptrdiff_t>((micros_.size() - 1) * percent / 100);
        std::nth_element(micros_.begin(), at, micros_.end());
        return *at;
    }

  private:
    std::vector<float> micros_;
};

inline std::string json(std::size_t count, double seconds, Latencies &latencies) {
    char text[200];
    std::snprintf(text, sizeof text, "\"count\": %zu, \"seconds\": %.6f, \"p50_us\": %.1f, \"p99_us\": %.1f", count,
                  seconds, latencies.percentile(50), latencies.percentile(99));
    return text;
}

} // namespace safe::bench
