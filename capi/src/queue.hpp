// Completion queues: ended operations wait here until a thread of the user fetches them (DETAILS D3).
#pragma once

#include "notifier.hpp"
#include "op.hpp"

#include <deque>

namespace safe {

class Queue {
  public:
    // Drops the operation if the queue is closed. `handle` is what the user knows it by.
    void push(std::shared_ptr<Op> op, safe_op *handle, std::uint64_t tag);

    struct Next {
        safe_status status; // SAFE_OK, SAFE_TIMEOUT, SAFE_WOKEN, SAFE_CLOSED
        safe_op *op = nullptr;
        std::uint64_t tag = 0;
    };
    Next next(Deadline deadline);

    void wake();
    void close();
    int descriptor();

  private:
    struct Item {
        std::shared_ptr<Op> op;
        safe_op *handle;
        std::uint64_t tag;
    };
    bool something() const { return !items_.empty() || wakes_ > 0 || closed_; }
    std::optional<Next> take(std::unique_lock<std::mutex> &lock);

    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Item> items_;
    std::uint64_t wakes_ = 0;
    bool closed_ = false;
    Notifier notifier_;
};

} // namespace safe
