// An operation: the library's one future type (DETAILS D3). It ends exactly once, and what waits for it (threads, one
// queue or one callback) is told exactly once, under no lock.
#pragma once

#include "base/cancel.hpp"
#include "handles.hpp"

#include "safe/op.h"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <variant>

namespace safe {

class Process;
using ProcessRef = std::shared_ptr<Process>;

// What an operation has made: nothing, a number, or an object for a handle of some type.
struct Outcome {
    struct Object {
        unsigned tag;
        std::shared_ptr<void> object;
    };
    std::variant<std::monostate, std::uint64_t, Object> value;

    Outcome() = default;
    explicit Outcome(std::uint64_t number) : value(number) {}
    template <class C>
    static Outcome of(std::shared_ptr<ObjectOf<C>> object) {
        Outcome result;
        result.value = Object{tag_of<C>, std::move(object)};
        return result;
    }
};

// What an exception says, as an Error.
Error error_of(std::exception_ptr exception);

// Waits may have no limit.
using Deadline = std::optional<std::chrono::steady_clock::time_point>;
Deadline deadline_after(std::int64_t timeout_ms);

class Op : public std::enable_shared_from_this<Op> {
  public:
    Op(std::weak_ptr<Process> process, JobRef job) : process_(std::move(process)), job_(std::move(job)) {}
    static std::shared_ptr<Op> failed(Error error);

    // A handle for the operation, which then knows it.
    static safe_op *give_out(std::shared_ptr<Op> op);

    const JobRef &job() const { return job_; }

    // The one end. `process` is what has kept the process going for this operation. Loop thread.
    void succeed(ProcessRef process, Outcome result) noexcept;
    void fail(ProcessRef process, Error error) noexcept;

    safe_op_state_code state() const;
    // False if the deadline came first.
    bool wait(Deadline deadline) const;
    // The error of an operation that has failed or was cancelled, which is thrown; nothing for others.
    void rethrow() const;

    void cancel() noexcept;
    // Its client was freed: if it has not ended yet, it ends as failed with CLOSED. Loop thread.
    void close() noexcept;
    // Its handle was freed: what is still to come is delivered to nobody, but the callback is called.
    void abandon() noexcept;
    bool abandoned() const;

    void deliver_to(std::shared_ptr<Queue> queue, std::uint64_t tag);
    void call_back(safe_done_fn done, void *user_data);

    // Moves the result out and makes its handle.
    std::uint64_t take_number();
    template <class C>
    C *take() {
        std::shared_ptr<void> object = take_object(tag_of<C>);
        try {
            return new_handle<C>(std::static_pointer_cast<ObjectOf<C>>(object));
        } catch (...) {
            put_back(tag_of<C>, std::move(object));
            throw;
        }
    }

  private:
    struct Callback {
        safe_done_fn done;
        void *user_data;
    };
    void end(ProcessRef process, safe_op_state_code state, Outcome result, std::optional<Error> error) noexcept;
    void bind(); // with the lock held
    void check_takeable() const;
    std::shared_ptr<void> take_object(unsigned tag);
    void put_back(unsigned tag, std::shared_ptr<void> object);
    [[noreturn]] void wrong_result(const char *wanted) const;

    const std::weak_ptr<Process> process_;
    const JobRef job_;

    mutable std::mutex mutex_;
    mutable std::condition_variable ended_;
    safe_op_state_code state_ = SAFE_OP_PENDING;
    bool closed_ = false;
    bool abandoned_ = false;
    bool bound_ = false; // has, or had, a queue or a callback
    bool taken_ = false;
    safe_op *handle_ = nullptr;
    Outcome outcome_;
    std::optional<Error> error_;
    std::optional<Callback> callback_;
    std::shared_ptr<Queue> queue_;
    std::uint64_t tag_ = 0;
};

// True on the thread that is calling a callback of the library's making: a call that waits there would wait for itself.
bool on_loop_thread() noexcept;

// While one lives, that is so on the thread that made it.
class CallingBack {
  public:
    CallingBack() noexcept;
    ~CallingBack();
    CallingBack(const CallingBack &) = delete;
    CallingBack &operator=(const CallingBack &) = delete;

  private:
    const bool before_;
};

} // namespace safe
