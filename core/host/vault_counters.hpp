// What a served vault counts, and how Prometheus is told (text format 0.0.4).
#pragma once

#include "base/error.hpp"
#include "store/store.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>

namespace safe {

// Loop thread.
struct VaultCounters {
    // Upper bounds of the latency histogram, in seconds.
    static constexpr std::array<double, 12> bounds{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                                                   0.05,   0.1,   0.25,   0.5,   1,    10};

    std::uint64_t connections = 0, handshakes = 0, requests = 0; // now
    std::uint64_t in_flight = 0;                                 // bytes, now
    bool draining = false;

    std::uint64_t accepted = 0;
    std::uint64_t known = 0, anonymous = 0;       // handshakes that were completed, with a client key and without
    std::uint64_t received = 0, sent = 0;         // bytes, as they are on the wire
    std::uint64_t stored = 0;                     // bytes of new chunks and records
    std::map<std::string, std::uint64_t> refused; // by reason
    struct Asked {
        std::size_t kind; // protocol::Request's index
        Errc outcome;
        auto operator<=>(const Asked &) const = default;
    };
    std::map<Asked, std::uint64_t> answered;
    std::array<std::uint64_t, bounds.size() + 1> latency{}; // the last one: above all bounds
    double latency_sum = 0;

    void took(std::chrono::duration<double> time);
};

std::string prometheus_text(const VaultCounters &counters, const StoreDisk &disk);

} // namespace safe
