#include "queue.hpp"

namespace safe {

void Queue::push(std::shared_ptr<Op> op, safe_op *handle, std::uint64_t tag) {
    const std::lock_guard lock(mutex_);
    if (closed_) return;
    items_.push_back({std::move(op), handle, tag});
    notifier_.set(true);
    changed_.notify_one();
}

// What there is, or nothing. Operations whose handle was freed meanwhile are passed over.
std::optional<Queue::Next> Queue::take(std::unique_lock<std::mutex> &lock) {
    while (something()) {
        if (closed_) return Next{SAFE_CLOSED};
        if (wakes_ > 0) {
            --wakes_;
            notifier_.set(something());
            return Next{SAFE_WOKEN};
        }
        Item item = std::move(items_.front());
        items_.pop_front();
        notifier_.set(something());
        lock.unlock(); // this may have been the operation's last reference
        const bool wanted = !item.op->abandoned();
        item.op.reset();
        lock.lock();
        if (wanted) return Next{SAFE_OK, item.handle, item.tag};
    }
    return std::nullopt;
}

Queue::Next Queue::next(Deadline deadline) {
    std::unique_lock lock(mutex_);
    while (true) {
        if (const auto found = take(lock)) return *found;
        if (!deadline) {
            changed_.wait(lock, [this] { return something(); });
        } else if (!changed_.wait_until(lock, *deadline, [this] { return something(); })) {
            return Next{SAFE_TIMEOUT};
        }
    }
}

void Queue::wake() {
    const std::lock_guard lock(mutex_);
    ++wakes_;
    notifier_.set(true);
    changed_.notify_one();
}

void Queue::close() {
    std::deque<Item> dropped; // goes after the lock: it may hold the last references to operations
    const std::lock_guard lock(mutex_);
    closed_ = true;
    dropped.swap(items_);
    notifier_.set(true);
    changed_.notify_all();
}

int Queue::descriptor() {
    const std::lock_guard lock(mutex_);
    return notifier_.descriptor();
}

} // namespace safe
