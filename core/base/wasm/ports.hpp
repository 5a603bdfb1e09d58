// Executor and clock of a wasm process.
#pragma once

#include "base/async.hpp"
#include "base/ports.hpp"

namespace safe {

class Jobs : public Executor {
  public:
    explicit Jobs(Loop &loop) : loop_(loop) {}
    void post(std::function<void()> job) override { loop_.add_job(std::move(job)); }

  private:
    Loop &loop_;
};

class HostClock : public Clock {
  public:
    std::uint64_t wall_ms() override {
        using namespace std::chrono;
        return static_cast<std::uint64_t>(duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count());
    }
};

} // namespace safe
