// Cancellation and progress of one operation. A request is only that: work checks for it between steps and never
// leaves a step half done. Lives on the loop thread, but for the flag and the counters, which any thread may read.
#pragma once

#include "base/error.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>

namespace safe {

class Cancel {
  public:
    using Hooks = std::list<std::function<void()>>;

    // Removes its hook when it goes.
    class Hook {
      public:
        Hook(Hooks &hooks, std::function<void()> call)
            : hooks_(hooks), at_(hooks.insert(hooks.end(), std::move(call))) {}
        ~Hook() { hooks_.erase(at_); }
        Hook(const Hook &) = delete;
        Hook &operator=(const Hook &) = delete;

      private:
        Hooks &hooks_;
        Hooks::iterator at_;
    };

    // Loop thread. Idempotent. Hooks only wake waiters; they never run the waiters' code.
    void request() {
        if (requested_.exchange(true)) return;
        for (auto &hook : hooks_) hook();
    }
    bool requested() const { return requested_.load(std::memory_order_relaxed); }

    // Throws CANCELLED if cancellation was requested.
    void check() const {
        if (requested()) throw Error(Errc::cancelled, "cancelled");
    }

    // `wake` is called once, on the loop thread, when cancellation is requested while the hook lives.
    [[nodiscard]] Hook on_request(std::function<void()> wake) { return {hooks_, std::move(wake)}; }

  private:
    std::atomic<bool> requested_{false};
    Hooks hooks_;
};

// Bytes done of bytes in all; the total is `unknown` until it is known.
struct Progress {
    static constexpr std::uint64_t unknown = UINT64_MAX;
    std::atomic<std::uint64_t> done{0};
    std::atomic<std::uint64_t> total{unknown};
};

// What every long operation of the core is handed.
struct Job {
    Cancel cancel;
    Progress progress;
};
using JobRef = std::shared_ptr<Job>;

} // namespace safe
