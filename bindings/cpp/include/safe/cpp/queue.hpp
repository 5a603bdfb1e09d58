// Completion queues: for programs that fetch ended operations in a loop of their own.
#pragma once

#include "safe/cpp/error.hpp"
#include "safe/cpp/handle.hpp"
#include "safe/queue.h"

#include <chrono>
#include <cstdint>
#include <optional>

namespace safe {
inline namespace v1 {

class Queue {
  public:
    Queue() { call(safe_queue_create, handle_.out()); }

    // The tag of the next operation that has ended; none after the time, or after wake().
    std::optional<std::uint64_t> next(std::chrono::milliseconds timeout) { return next_in(timeout.count()); }

    // Waits without limit; none after wake().
    std::optional<std::uint64_t> next() { return next_in(SAFE_FOREVER); }

    // Readable while the queue holds something.
    std::int32_t fd() const {
        std::int32_t descriptor = -1;
        call(safe_queue_fd, get(), &descriptor);
        return descriptor;
    }

    // Makes one present or future next() give nothing.
    void wake() noexcept { safe_queue_wake(get()); }

    // For Future::to_queue and the C interface.
    safe_queue *get() const noexcept { return handle_.get(); }

  private:
    std::optional<std::uint64_t> next_in(std::int64_t milliseconds) {
        safe_op *op = nullptr; // belongs to its future
        std::uint64_t tag = 0;
        safe_error *error = nullptr;
        const safe_status status = safe_queue_next(get(), milliseconds, &op, &tag, &error);
        if (status == SAFE_OK) return tag;
        if (status != SAFE_TIMEOUT && status != SAFE_WOKEN) throw Error(status, error);
        safe_error_free(error);
        return std::nullopt;
    }

    Handle<safe_queue, safe_queue_free> handle_;
};

} // namespace v1
} // namespace safe
