// One timer for all that has its time on a connection.
#pragma once

#include "base/async.hpp"
#include "base/runtime.hpp"

#include <chrono>
#include <functional>
#include <memory>

namespace safe::net {

// Loop thread.
class Alarm : public std::enable_shared_from_this<Alarm> {
  public:
    using Clock = std::chrono::steady_clock;
    // Says when it wants to be called next; may be called sooner.
    using Ring = std::function<Clock::time_point(Clock::time_point now)>;

    Alarm(const RuntimeRef &runtime, Ring ring) : loop_(runtime->loop()), timer_(loop_), ring_(std::move(ring)) {}

    void start(Clock::time_point first);
    void no_later_than(Clock::time_point time);
    void stop();

  private:
    static Awaitable<void> run(std::shared_ptr<Alarm> self);

    Loop &loop_;
    Timer timer_;
    Ring ring_;
    Clock::time_point next_ = Clock::time_point::max();
    bool stopped_ = false;
};

} // namespace safe::net
