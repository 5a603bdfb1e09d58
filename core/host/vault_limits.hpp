// What a vault that is served lets its clients do.
#pragma once

#include "base/limits.hpp"

#include <cstdint>

namespace safe {

// 0 where it says so: no limit.
struct VaultLimits {
    std::uint64_t connections = 10000; // an idle one costs 10 to 16 KiB
    std::uint64_t handshakes = 256;    // half-open: who is slow here costs others nothing but this place, for 2 s
    // Payloads of requests being answered and of replies being sent: those from 64 KiB on wait when these are so many, the
    // others are refused when they are.
    std::uint64_t bytes_in_flight = 64 * limits::MiB;
    std::uint64_t request_size = limits::max_stored_chunk;
    std::uint64_t idle_ms = 300 * 1000;    // without a byte from the other side and a request under way; 0
    std::uint64_t requests_per_second = 0; // of one client; 0
    std::uint64_t bytes_per_second = 0;    // of one client, both ways, payloads only; 0
    std::uint64_t quota = 0;               // new bytes stored by one client while this vault is open; 0
};

} // namespace safe
