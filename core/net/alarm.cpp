#include "net/alarm.hpp"

#include <algorithm>

namespace safe::net {

void Alarm::start(Clock::time_point first) {
    next_ = first;
    asio::co_spawn(loop_, run(shared_from_this()), asio::detached);
}

void Alarm::no_later_than(Clock::time_point time) {
    if (time >= next_) return;
    next_ = time;
    timer_.cancel();
}

void Alarm::stop() {
    stopped_ = true;
    ring_ = nullptr;
    timer_.cancel();
}

Awaitable<void> Alarm::run(std::shared_ptr<Alarm> self) {
    while (!self->stopped_) {
        const Clock::time_point now = Clock::now();
        if (now >= self->next_) {
            const Ring ring = self->ring_; // it may stop the alarm
            self->next_ = ring(now);
            continue;
        }
        self->timer_.expires_at(self->next_);
        co_await self->timer_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
}

} // namespace safe::net
