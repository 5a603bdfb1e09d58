// The doors to the world that base needs; a process hands in its own set (DESIGN 3.8).
#pragma once

#include "base/bytes.hpp"

#include <cstdint>
#include <functional>

namespace safe {

class Clock {
  public:
    virtual ~Clock() = default;
    // Milliseconds since 1970-01-01 UTC.
    virtual std::uint64_t wall_ms() = 0;
};

class Random {
  public:
    virtual ~Random() = default;
    // Fills with bytes from the platform's CSPRNG, or throws RANDOM_FAILED.
    virtual void fill(MutableView out) = 0;
};

// Runs jobs somewhere else than on the loop. Jobs do not throw.
class Executor {
  public:
    virtual ~Executor() = default;
    virtual void post(std::function<void()> job) = 0;
};

} // namespace safe
