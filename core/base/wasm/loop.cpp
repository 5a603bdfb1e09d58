#include "base/wasm/loop.hpp"

#include <algorithm>
#include <cmath>

namespace safe {

namespace {

// A call of run() must not keep the host from its other events, nor spend the time on looking at the clock.
constexpr std::chrono::milliseconds slice{5};
constexpr unsigned look_every = 16;

} // namespace

Loop::~Loop() {
    // What is destroyed may add more.
    while (!ready_.empty()) {
        const auto dropped = std::move(ready_.front());
        ready_.pop_front();
    }
}

void Loop::run() {
    wanted_ = Clock::time_point::max();
    running_ = true;
    run_job();
    const Clock::time_point now = Clock::now();
    while (!timers_.empty() && timers_.begin()->first <= now) timers_.begin()->second->end({});
    run_ready(now + slice);
    running_ = false;
    if (!ready_.empty() || !jobs_.empty()) want(Clock::time_point::min());
    if (!timers_.empty()) want(timers_.begin()->first);
}

void Loop::run_job() {
    if (jobs_.empty()) return;
    const auto job = std::move(jobs_.front());
    jobs_.pop_front();
    job();
}

void Loop::run_ready(Clock::time_point until) {
    for (unsigned done = 1; !ready_.empty(); ++done) {
        const auto task = std::move(ready_.front());
        ready_.pop_front();
        task->run();
        if (done % look_every == 0 && Clock::now() >= until) return;
    }
}

void Loop::want(Clock::time_point when) {
    if (running_ || when >= wanted_) return;
    wanted_ = when;
    const bool now = when == Clock::time_point::min();
    wake_(now ? 0 : std::max(0.0, std::ceil(std::chrono::duration<double, std::milli>(when - Clock::now()).count())));
}

void Timer::start() {
    if (place_ != loop_.timers_.end() || expiry_ == time_point::max()) return;
    place_ = loop_.timers_.emplace(expiry_, this);
    loop_.want(expiry_);
}

void Timer::end(boost::system::error_code why) {
    if (place_ != loop_.timers_.end()) loop_.timers_.erase(std::exchange(place_, loop_.timers_.end()));
    for (const auto &waiter : std::exchange(waiters_, {})) waiter->end(loop_, why);
}

} // namespace safe
