// Operations: the result of work that goes on.
#pragma once

#include "safe/cpp/error.hpp"
#include "safe/cpp/handle.hpp"
#include "safe/op.h"
#include "safe/queue.h"

#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#if defined(__cpp_impl_coroutine)
#include <coroutine>
#endif

namespace safe {
inline namespace v1 {

// How far an operation has come: in bytes, or in objects where its function says so.
struct Progress {
    std::uint64_t done = 0;
    std::optional<std::uint64_t> total;
};

namespace detail {

// An operation. If the caller's memory is lent to it, it has ended before this is gone. That waits, so it must not happen on
// the library's own threads (in `then`) to one that goes on: the program is then terminated, as by a std::thread not joined.
class Operation {
  public:
    Operation() noexcept = default;
    Operation(safe_op *raw, bool lent) : handle_(raw), lent_(lent) {
        if (!raw) throw Error(SAFE_TOO_MANY_HANDLES, "cannot start an operation: no handle is left");
    }

    Operation(Operation &&) noexcept = default;

    Operation &operator=(Operation &&other) noexcept {
        if (this != &other) {
            end();
            handle_ = std::move(other.handle_);
            lent_ = other.lent_;
        }
        return *this;
    }

    ~Operation() { end(); }

    safe_op *get() const noexcept { return handle_.get(); }
    bool pending() const noexcept { return safe_op_state(get()) == SAFE_OP_PENDING; }

    void wait() const {
        if (!pending()) return;
        safe_error *error = nullptr;
        const safe_status status = safe_op_wait(get(), SAFE_FOREVER, &error);
        if (pending()) throw Error(status, error); // its own failure is told by what takes the result
        safe_error_free(error);
    }

  private:
    void end() noexcept {
        if (!lent_ || !handle_ || !pending()) return;
        safe_op_cancel(get());
        if (safe_op_wait(get(), SAFE_FOREVER, nullptr) == SAFE_WOULD_DEADLOCK && pending()) std::terminate();
    }

    Handle<safe_op, safe_op_free> handle_;
    bool lent_ = false;
};

} // namespace detail

template <class Result>
class Future;

#if defined(__cpp_impl_coroutine)
namespace detail {

// A coroutine that waits, as its callback knows it: the coroutine may be gone before the callback comes.
struct Waiting {
    std::mutex mutex;
    std::coroutine_handle<> coroutine;
    std::function<void(std::coroutine_handle<>)> resume; // empty: at once

    void forget() {
        const std::lock_guard lock(mutex);
        coroutine = nullptr;
    }

    static void ended(void *user_data, safe_op *) noexcept {
        const std::unique_ptr<std::shared_ptr<Waiting>> self(static_cast<std::shared_ptr<Waiting> *>(user_data));
        Waiting &waiting = **self;
        std::coroutine_handle<> coroutine;
        {
            const std::lock_guard lock(waiting.mutex);
            coroutine = std::exchange(waiting.coroutine, nullptr);
        }
        if (!coroutine) return;
        if (waiting.resume)
            waiting.resume(coroutine);
        else
            coroutine.resume();
    }
};

template <class Result>
class Awaiter {
  public:
    Awaiter(Future<Result> future, std::function<void(std::coroutine_handle<>)> resume)
        : future_(std::move(future)), waiting_(std::make_shared<Waiting>()) {
        waiting_->resume = std::move(resume);
    }

    Awaiter(Awaiter &&) noexcept = default;
    ~Awaiter() {
        if (waiting_) waiting_->forget();
    }

    bool await_ready() const noexcept { return false; }

    void await_suspend(std::coroutine_handle<> coroutine) {
        waiting_->coroutine = coroutine;
        auto user_data = std::make_unique<std::shared_ptr<Waiting>>(waiting_);
        call(safe_op_on_done, future_.op(), &Waiting::ended, static_cast<void *>(user_data.get()));
        // The coroutine may have gone on already, and this be gone.
        static_cast<void>(user_data.release());
    }

    Result await_resume() { return future_.get(); }

  private:
    Future<Result> future_;
    std::shared_ptr<Waiting> waiting_;
};

} // namespace detail
#endif

// The result of an operation, or of none. Moves, and gives its result once. What goes out of scope is cancelled.
template <class Result>
class Future {
  public:
    using Take = Result (*)(safe_op *);

    Future() noexcept = default;

    // For the classes on top of the C interface. take: moves the result out of the ended operation. lent: whether it uses
    // memory of the caller until it has ended.
    Future(safe_op *op, Take take, bool lent = false) : operation_(op, lent), take_(take) {}

    bool valid() const noexcept { return operation_.get() != nullptr; }

    // Whether it has ended: done, failed or cancelled.
    bool ready() const noexcept { return valid() && !operation_.pending(); }

    // Waits until it has ended. Not in `then`, nor in a coroutine that was resumed there.
    void wait() const { operation_.wait(); }

    // Waits at most that long; whether it has ended.
    template <class Rep, class Period>
    bool wait_for(std::chrono::duration<Rep, Period> timeout) const {
        const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(timeout).count();
        if (operation_.pending()) safe_op_wait(operation_.get(), milliseconds < 0 ? 0 : milliseconds, nullptr);
        return ready();
    }

    // Waits, and gives the result or throws. The future is then empty.
    Result get() {
        const detail::Operation operation = take_operation();
        operation.wait();
        return take_(operation.get());
    }

    // Asks it to stop. It still ends, as cancelled or, if its effect had been made, as done.
    void cancel() noexcept { safe_op_cancel(operation_.get()); }

    Progress progress() const {
        Progress progress;
        std::uint64_t total = 0;
        call(safe_op_progress, operation_.get(), &progress.done, &total);
        if (total != SAFE_SIZE_UNKNOWN) progress.total = total;
        return progress;
    }

    // Calls f(Future) when it has ended, with itself: on the library's loop thread, or on this one if it has ended already. It
    // must not block nor throw; it may start anything.
    template <class Function>
    void then(Function f) && {
        struct State {
            Future future;
            Function f;

            static void ended(void *user_data, safe_op *) noexcept {
                const std::unique_ptr<State> state(static_cast<State *>(user_data));
                state->f(std::move(state->future));
            }
        };
        safe_op *const raw = op();
        auto state = std::unique_ptr<State>(new State{std::move(*this), std::move(f)});
        State *const user_data = state.release(); // is gone when the call returns, if it has ended
        try {
            call(safe_op_on_done, raw, &State::ended, static_cast<void *>(user_data));
        } catch (...) {
            state.reset(user_data);
            throw;
        }
    }

    // Delivers it to a queue (safe/cpp/queue.hpp) when it has ended; this still owns it.
    void to_queue(safe_queue *queue, std::uint64_t tag) { call(safe_op_to_queue, op(), queue, tag); }

#if defined(__cpp_impl_coroutine)
    // Goes on on the library's loop thread (see `then`): what follows must not block, but may co_await more.
    detail::Awaiter<Result> operator co_await() && { return {std::move(*this), nullptr}; }

    // `co_await std::move(future).resume_by(post)` goes on where `post` brings it: it is called with a std::coroutine_handle<>
    // that it has somebody resume, an event loop for instance.
    template <class Post>
    auto resume_by(Post post) && {
        struct Elsewhere {
            Future future;
            Post post;
            detail::Awaiter<Result> operator co_await() && { return {std::move(future), std::move(post)}; }
        };
        return Elsewhere{std::move(*this), std::move(post)};
    }
#endif

    // For the C interface.
    safe_op *op() const noexcept { return operation_.get(); }

  private:
    detail::Operation take_operation() {
        if (!valid())
            throw Error(SAFE_INVALID_HANDLE, "an empty future has no result: it was moved away, or taken before");
        return std::move(operation_);
    }

    detail::Operation operation_;
    Take take_ = nullptr;
};

namespace detail {

// Moves a handle out of an operation and makes an object of it.
template <class Object, auto take, class Raw>
Object take_object(safe_op *op) {
    Raw *raw = nullptr;
    call(take, op, &raw);
    return Object(raw);
}

inline std::uint64_t take_number(safe_op *op) {
    std::uint64_t number = 0;
    call(safe_op_take_u64, op, &number);
    return number;
}

inline bool take_truth(safe_op *op) { return take_number(op) != 0; }

// Of an operation without a result: throws if it failed.
inline void take_nothing(safe_op *op) { call(safe_op_wait, op, std::int64_t{0}); }

} // namespace detail

} // namespace v1
} // namespace safe
