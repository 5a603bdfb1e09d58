// The one place that names the namespace of our coroutine library (DESIGN 3.1, DETAILS D1).
#pragma once

#include "platform/base/loop.hpp" // Loop and Timer; CMake chooses whether native/ or wasm/ is the platform

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>

namespace safe {

namespace asio = boost::asio;

template <class T = void>
using Awaitable = asio::awaitable<T>;

// A one-shot signal that coroutines wait for: any number by wait(), or one by wait_for(). Used on the loop thread only.
// Who waits keeps it alive: open() only arranges that they go on, and whoever opened it may let go of it before that.
class Gate {
  public:
    explicit Gate(Loop &loop) : timer_(loop, Timer::time_point::max()) {}

    void open() {
        open_ = true;
        timer_.cancel();
    }
    bool is_open() const { return open_; }

    Awaitable<void> wait() {
        // Set only if it has to be: that wakes everybody who waits already.
        if (ends_) timer_.expires_at(Timer::time_point::max());
        ends_ = false;
        while (!open_) co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
    }

    // True if the gate opened within the time given.
    Awaitable<bool> wait_for(std::chrono::milliseconds time) {
        if (!open_) {
            ends_ = true;
            timer_.expires_after(time);
            co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
        }
        co_return open_;
    }

  private:
    Timer timer_;
    bool open_ = false;
    bool ends_ = false; // the timer ends by itself
};

} // namespace safe
