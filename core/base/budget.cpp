#include "base/budget.hpp"

#include <algorithm>

namespace safe {

Share &Share::operator=(Share &&other) noexcept {
    if (this == &other) return *this;
    reset();
    budget_ = std::move(other.budget_);
    bytes_ = std::exchange(other.bytes_, 0);
    return *this;
}

void Share::reset() noexcept {
    if (budget_ && bytes_) budget_->give_back(bytes_);
    budget_.reset();
    bytes_ = 0;
}

Share Share::split(std::uint64_t bytes) {
    bytes_ -= bytes;
    return {budget_, bytes};
}

Awaitable<Share> Budget::take(std::uint64_t bytes, JobRef job) {
    job->cancel.check();
    auto waiter = std::make_shared<Waiter>(bytes, loop_);
    std::uint64_t beats_seen = 0;
    {
        const std::lock_guard lock(mutex_);
        if (waiters_.empty() && fits(bytes)) {
            used_ += bytes;
            co_return Share(shared_from_this(), bytes);
        }
        waiters_.push_back(waiter);
        beats_seen = beats_;
    }
    const auto hook = job->cancel.on_request([waiter] { waiter->gate.open(); });
    // The caches give up only what has been idle for a while, so those who wait ask them again and again; the rarer the
    // more they are, or thousands of them would do nothing else.
    constexpr std::chrono::milliseconds ask_again{25};
    constexpr std::size_t few = 16, rarest = 40; // a second at most: of many, all but a few may give up
    auto patience = stall_;
    while (!waiter->granted && !job->cancel.requested() && (stall_.count() == 0 || patience.count() > 0)) {
        relieve();
        const auto pause = ask_again * static_cast<int>(std::min(1 + waiting() / few, rarest));
        co_await waiter->gate.wait_for(pause);
        const std::lock_guard lock(mutex_);
        patience = beats_ == beats_seen ? patience - pause : stall_;
        beats_seen = beats_;
    }
    {
        const std::lock_guard lock(mutex_);
        if (waiter->granted) co_return Share(shared_from_this(), bytes);
        waiters_.remove(waiter);
        grant(); // a smaller request may have stood behind this one
    }
    job->cancel.check();
    throw Error(Errc::busy, "memory budget of " + std::to_string(limit_ >> 20) +
                                " MiB is held by open streams that nobody reads or writes; finish or free some of "
                                "them, or raise SAFE_MEMORY (BUSY -3004)");
}

// However many ask: caches look at what they hold, and there may be as many of them.
void Budget::relieve() {
    constexpr std::chrono::milliseconds least_pause{2};
    const auto now = std::chrono::steady_clock::now();
    if (now - relieved_ < least_pause) return;
    relieved_ = now;
    for (const Relief &relief : reliefs_) relief();
}

std::size_t Budget::waiting() const {
    const std::lock_guard lock(mutex_);
    return waiters_.size();
}

std::optional<Share> Budget::try_take(std::uint64_t bytes) {
    const std::lock_guard lock(mutex_);
    if (!waiters_.empty() || !fits(bytes)) return std::nullopt;
    used_ += bytes;
    return Share(shared_from_this(), bytes);
}

std::shared_ptr<void> Budget::on_pressure(Relief relief) {
    const auto at = reliefs_.insert(reliefs_.end(), std::move(relief));
    return {nullptr, [self = shared_from_this(), at](void *) { self->reliefs_.erase(at); }};
}

std::uint64_t Budget::used() const {
    const std::lock_guard lock(mutex_);
    return used_;
}

void Budget::beat() {
    const std::lock_guard lock(mutex_);
    ++beats_;
}

void Budget::give_back(std::uint64_t bytes) noexcept {
    const std::lock_guard lock(mutex_);
    used_ -= bytes;
    ++beats_;
    grant();
}

// With the lock held, on any thread; the gates belong to the loop and are opened there.
void Budget::grant() {
    while (!waiters_.empty() && fits(waiters_.front()->bytes)) {
        auto waiter = std::move(waiters_.front());
        waiters_.pop_front();
        used_ += waiter->bytes;
        waiter->granted = true;
        asio::post(loop_, [waiter] { waiter->gate.open(); });
    }
}

} // namespace safe
