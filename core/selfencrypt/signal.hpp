// "Something has changed: look again", for any number of waiting coroutines. Loop thread only.
#pragma once

#include "base/async.hpp"

namespace safe {

class Signal {
  public:
    explicit Signal(Loop &loop) : timer_(loop, Timer::time_point::max()) {}

    void notify() { timer_.cancel(); }
    // Callers keep the signal alive, and look again in a loop.
    Awaitable<void> wait() { co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable)); }

  private:
    Timer timer_;
};

} // namespace safe
