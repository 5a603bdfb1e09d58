// The event loop of a wasm process is JavaScript's: work waits here until the host calls run(), and the host is told when
// to. Asio's io_context is no choice: its reactor imports select, pipes and file controls that nobody implements.
//
// One thread. Coroutines, post() and co_spawn() of Asio run over it as over any execution context.
#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/execution.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/system/error_code.hpp>

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <utility>
#include <vector>

namespace safe {

class Timer;

class Loop : public boost::asio::execution_context {
  public:
    class executor_type;
    using Clock = std::chrono::steady_clock;
    // Asks the host to call run() after so many milliseconds. The earliest request stands.
    using Wake = void (*)(double milliseconds);

    explicit Loop(Wake wake) : wake_(wake) {}
    ~Loop();

    executor_type get_executor() noexcept;

    // CPU work: each job runs alone in a call of run(), so that the host's other events come in between.
    void add_job(std::function<void()> job) {
        jobs_.push_back(std::move(job));
        want(Clock::time_point::min());
    }

    // Runs one job, timers that are due, and what is ready, for a few milliseconds at most besides the job. Called by the
    // host, from no function of this loop.
    void run();
    bool running() const { return running_; }
    // Nothing is ready or waits for its time.
    bool idle() const { return ready_.empty() && jobs_.empty() && timers_.empty(); }

    template <class Function>
    void add(Function function) {
        ready_.push_back(std::make_unique<Held<Function>>(std::move(function)));
        want(Clock::time_point::min());
    }

  private:
    friend class Timer;
    struct Task {
        virtual ~Task() = default;
        virtual void run() = 0;
    };
    template <class Function>
    struct Held : Task {
        explicit Held(Function f) : function(std::move(f)) {}
        void run() override { std::move(function)(); }
        Function function;
    };
    using Timers = std::multimap<Clock::time_point, Timer *>;

    // Asks for a call of run() at that time.
    void want(Clock::time_point when);
    void run_job();
    void run_ready(Clock::time_point until);

    const Wake wake_;
    std::deque<std::unique_ptr<Task>> ready_;
    std::deque<std::function<void()>> jobs_;
    Timers timers_; // those that somebody waits for, and that end
    bool running_ = false;
    Clock::time_point wanted_ = Clock::time_point::max(); // when the host will call
};

class Loop::executor_type {
  public:
    explicit executor_type(Loop &loop, bool at_once = true) : loop_(&loop), at_once_(at_once) {}

    Loop &query(boost::asio::execution::context_t) const noexcept { return *loop_; }
    boost::asio::execution::blocking_t query(boost::asio::execution::blocking_t) const noexcept {
        if (at_once_) return boost::asio::execution::blocking.possibly;
        return boost::asio::execution::blocking.never;
    }
    executor_type require(boost::asio::execution::blocking_t::possibly_t) const { return executor_type(*loop_, true); }
    executor_type require(boost::asio::execution::blocking_t::never_t) const { return executor_type(*loop_, false); }

    // On the loop at once if that is allowed, as Asio's own loop does it.
    template <class Function>
    void execute(Function function) const {
        if (at_once_ && loop_->running()) return std::move(function)();
        loop_->add(std::move(function));
    }

    friend bool operator==(const executor_type &a, const executor_type &b) noexcept {
        return a.loop_ == b.loop_ && a.at_once_ == b.at_once_;
    }
    friend bool operator!=(const executor_type &a, const executor_type &b) noexcept { return !(a == b); }

  private:
    Loop *loop_;
    bool at_once_;
};

inline Loop::executor_type Loop::get_executor() noexcept { return executor_type(*this); }

// The part of Asio's steady_timer that the core uses.
class Timer {
  public:
    using time_point = Loop::Clock::time_point;
    using duration = Loop::Clock::duration;

    explicit Timer(Loop &loop) : loop_(loop), place_(loop.timers_.end()) {}
    Timer(Loop &loop, time_point expiry) : Timer(loop) { expiry_ = expiry; }
    Timer(Loop &loop, duration time) : Timer(loop) { expires_after(time); }
    ~Timer() { cancel(); }
    Timer(const Timer &) = delete;
    Timer &operator=(const Timer &) = delete;

    // Both cancel who waits.
    void expires_at(time_point expiry) {
        cancel();
        expiry_ = expiry;
    }
    void expires_after(duration time) { expires_at(Loop::Clock::now() + time); }
    void cancel() { end(boost::asio::error::operation_aborted); }

    template <class Token>
    auto async_wait(Token &&token) {
        return boost::asio::async_initiate<Token, void(boost::system::error_code)>(
            [this](auto handler) { wait(std::move(handler)); }, token);
    }

  private:
    friend class Loop;
    struct Waiter {
        virtual ~Waiter() = default;
        virtual void end(Loop &loop, boost::system::error_code why) = 0;
    };
    template <class Handler>
    struct Held : Waiter {
        explicit Held(Handler h) : handler(std::move(h)) {}
        void end(Loop &loop, boost::system::error_code why) override {
            loop.add([handler = std::move(handler), why]() mutable { std::move(handler)(why); });
        }
        Handler handler;
    };

    template <class Handler>
    void wait(Handler handler) {
        waiters_.push_back(std::make_unique<Held<Handler>>(std::move(handler)));
        start();
    }
    void start();
    void end(boost::system::error_code why);

    Loop &loop_;
    time_point expiry_{};
    std::vector<std::unique_ptr<Waiter>> waiters_;
    Loop::Timers::iterator place_; // end: not among the loop's timers
};

} // namespace safe
