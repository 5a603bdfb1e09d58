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
    if (!take_now(bytes)) {
        Awaitable<void> turn = wait_here(bytes, job);
        co_await std::move(turn);
    }
    if (whole_) {
        Awaitable<void> rest = take_above(bytes, job);
        co_await std::move(rest);
    }
    co_return Share(shared_from_this(), bytes);
}

bool Budget::take_now(std::uint64_t bytes) {
    const std::lock_guard lock(mutex_);
    if (!waiters_.empty() || !fits(bytes)) return false;
    used_ += bytes;
    return true;
}

Awaitable<void> Budget::wait_here(std::uint64_t bytes, JobRef job) {
    auto waiter = std::make_shared<Waiter>(bytes, loop_);
    std::uint64_t beats_seen = 0;
    {
        const std::lock_guard lock(mutex_);
        waiters_.push_back(waiter);
        grant(); // what was given back since it did not fit
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
        if (waiter->granted) co_return;
        waiters_.remove(waiter);
        grant(); // a smaller request may have stood behind this one
    }
    job->cancel.check();
    throw Error(Errc::busy, "memory budget of " + std::to_string(limit() >> 20) +
                                " MiB is held by open streams that nobody reads or writes; finish or free some of "
                                "them, or raise SAFE_MEMORY (BUSY -3004)");
}

// What was taken here stands for both, or is given back.
Awaitable<void> Budget::take_above(std::uint64_t bytes, JobRef job) {
    Share above;
    std::exception_ptr failure;
    try {
        above = co_await whole_->take(bytes, std::move(job));
        above.bytes_ = 0;
    } catch (...) {
        failure = std::current_exception();
    }
    if (!failure) co_return;
    give_back_here(bytes);
    std::rethrow_exception(failure);
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
    if (!take_now(bytes)) return std::nullopt;
    if (whole_) {
        auto above = whole_->try_take(bytes);
        if (!above) {
            give_back_here(bytes);
            return std::nullopt;
        }
        above->bytes_ = 0;
    }
    return Share(shared_from_this(), bytes);
}

std::shared_ptr<void> Budget::on_pressure(Relief relief) {
    const auto at = reliefs_.insert(reliefs_.end(), std::move(relief));
    return {nullptr, [self = shared_from_this(), at](void *) { self->reliefs_.erase(at); }};
}

std::uint64_t Budget::limit() const {
    const std::lock_guard lock(mutex_);
    return limit_;
}

void Budget::set_limit(std::uint64_t limit) {
    const std::lock_guard lock(mutex_);
    limit_ = limit;
    grant();
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
    give_back_here(bytes);
    if (whole_) whole_->give_back(bytes);
}

void Budget::give_back_here(std::uint64_t bytes) noexcept {
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
