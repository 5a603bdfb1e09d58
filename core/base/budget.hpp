// The byte budget that all bulk work of a process draws on (DETAILS D7). A taker asks for all that it needs before it
// holds any of it; more is only ever taken without waiting (try_take). So no two takers can wait for each other.
#pragma once

#include "base/async.hpp"
#include "base/cancel.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>

namespace safe {

class Budget;

// A share of the budget, given back when it goes. May be dropped on any thread.
class Share {
  public:
    Share() = default;
    Share(std::shared_ptr<Budget> budget, std::uint64_t bytes) : budget_(std::move(budget)), bytes_(bytes) {}
    ~Share() { reset(); }
    Share(Share &&other) noexcept { *this = std::move(other); }
    Share &operator=(Share &&other) noexcept;
    void reset() noexcept;
    // Splits off a part; 0 <= bytes <= this->bytes().
    Share split(std::uint64_t bytes);
    std::uint64_t bytes() const { return bytes_; }

  private:
    friend class Budget;
    std::shared_ptr<Budget> budget_;
    std::uint64_t bytes_ = 0;
};

class Budget : public std::enable_shared_from_this<Budget> {
  public:
    // stall: how long a taker waits while nothing moves at all; zero: for ever.
    // whole: what this one is a part of. What is taken here is taken there as well, but nobody who waits here is in the way
    // of others there.
    Budget(Loop &loop, std::uint64_t limit, std::chrono::milliseconds stall = std::chrono::seconds(30),
           std::shared_ptr<Budget> whole = nullptr)
        : loop_(loop), stall_(stall), whole_(std::move(whole)), limit_(limit) {}

    // First come, first served. A request above the limit waits until everything else is given back. Throws CANCELLED,
    // or BUSY when nothing was given back and nothing moved for as long as `stall` says (the holders are streams that
    // their user does not go on with).
    Awaitable<Share> take(std::uint64_t bytes, JobRef job);

    std::optional<Share> try_take(std::uint64_t bytes);

    // Something that holds shares it could give up (a cache). Called on the loop while a taker waits; gives up what has
    // been idle long enough. Unregistered with the token.
    using Relief = std::function<void()>;
    [[nodiscard]] std::shared_ptr<void> on_pressure(Relief relief);

    std::uint64_t limit() const;
    // From now on. What is above it is waited for.
    void set_limit(std::uint64_t limit);
    std::uint64_t used() const;

    // Called when work moves on without giving anything back.
    void beat();

  private:
    friend class Share;
    struct Waiter {
        Waiter(std::uint64_t wanted, Loop &loop) : bytes(wanted), gate(loop) {}
        std::uint64_t bytes;
        Gate gate;
        std::atomic<bool> granted{false};
    };

    bool fits(std::uint64_t bytes) const { return used_ == 0 || bytes <= limit_ - std::min(used_, limit_); }
    bool take_now(std::uint64_t bytes);
    Awaitable<void> wait_here(std::uint64_t bytes, JobRef job);
    Awaitable<void> take_above(std::uint64_t bytes, JobRef job);
    void give_back(std::uint64_t bytes) noexcept;
    void give_back_here(std::uint64_t bytes) noexcept;
    void grant();
    void relieve();
    std::size_t waiting() const;

    Loop &loop_;
    const std::chrono::milliseconds stall_;
    const std::shared_ptr<Budget> whole_;
    mutable std::mutex mutex_;
    std::uint64_t limit_;
    std::uint64_t used_ = 0;
    std::uint64_t beats_ = 0; // counts give-backs and beats, to tell a stall from a queue
    std::list<std::shared_ptr<Waiter>> waiters_;
    std::list<Relief> reliefs_;                        // loop thread only
    std::chrono::steady_clock::time_point relieved_{}; // the same
};

} // namespace safe
