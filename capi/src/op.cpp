#include "op.hpp"

#include "platform.hpp"
#include "queue.hpp"
#include "telling.hpp"

#include "host/process.hpp"

namespace safe {

namespace {

thread_local bool calling_back = false;

const char *name_of_result(const Outcome &result) {
    if (std::holds_alternative<std::monostate>(result.value)) return "none";
    if (std::holds_alternative<std::uint64_t>(result.value)) return "u64";
    return name_of_tag(std::get<Outcome::Object>(result.value).tag) + sizeof "safe_" - 1;
}

} // namespace

bool on_loop_thread() noexcept { return calling_back; }

CallingBack::CallingBack() noexcept : before_(std::exchange(calling_back, true)) {}
CallingBack::~CallingBack() { calling_back = before_; }

Error error_of(std::exception_ptr exception) {
    try {
        std::rethrow_exception(std::move(exception));
    } catch (...) {
        return current_error();
    }
}

Deadline deadline_after(std::int64_t timeout_ms) {
    if (!platform::can_wait()) timeout_ms = 0;
    // Beyond some centuries the clock's arithmetic would overflow.
    constexpr std::int64_t for_ever = std::int64_t{1} << 42;
    if (timeout_ms < 0 || timeout_ms > for_ever) return std::nullopt;
    return std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
}

std::shared_ptr<Op> Op::failed(Error error) {
    auto op = std::make_shared<Op>(std::weak_ptr<Process>(), std::make_shared<Job>());
    op->fail(nullptr, std::move(error));
    return op;
}

safe_op *Op::give_out(std::shared_ptr<Op> op) {
    Op &known = *op;
    safe_op *handle = nullptr;
    try {
        handle = new_handle<safe_op>(std::move(op));
    } catch (...) {
        known.abandon();
        throw;
    }
    const std::lock_guard lock(known.mutex_);
    known.handle_ = handle;
    return handle;
}

void Op::succeed(ProcessRef process, Outcome result) noexcept {
    end(std::move(process), SAFE_OP_DONE, std::move(result), std::nullopt);
}

void Op::fail(ProcessRef process, Error error) noexcept {
    const bool cancelled = error.code() == Errc::cancelled;
    if (cancelled && closed_) error = Error(Errc::closed, "the client was freed while the operation was under way");
    const bool asked_for = cancelled && !closed_ && job_->cancel.requested();
    end(std::move(process), asked_for ? SAFE_OP_CANCELLED : SAFE_OP_FAILED, Outcome(), std::move(error));
}

void Op::end(ProcessRef process, safe_op_state_code state, Outcome result, std::optional<Error> error) noexcept {
    const Telling telling;
    process
        .reset(); // so that who waits for the last operation and then frees the client ends the process, not this thread
    std::unique_lock lock(mutex_);
    outcome_ = std::move(result);
    error_ = std::move(error);
    state_ = state;
    ended_.notify_all();
    const auto callback = std::exchange(callback_, std::nullopt);
    const auto queue = std::exchange(queue_, nullptr);
    safe_op *const handle = abandoned_ ? nullptr : handle_;
    lock.unlock();
    if (queue) queue->push(shared_from_this(), handle, tag_);
    if (callback) {
        const CallingBack scope;
        callback->done(callback->user_data, handle);
    }
}

safe_op_state_code Op::state() const {
    const std::lock_guard lock(mutex_);
    return state_;
}

bool Op::wait(Deadline deadline) const {
    std::unique_lock lock(mutex_);
    const auto over = [this] { return state_ != SAFE_OP_PENDING; };
    if (!over() && calling_back)
        throw Error(Errc::would_deadlock, "safe_op_wait: called in a callback, on the thread that has to do the work; "
                                          "use safe_op_on_done or wait on another thread");
    if (deadline) return ended_.wait_until(lock, *deadline, over);
    ended_.wait(lock, over);
    return true;
}

void Op::rethrow() const {
    const std::lock_guard lock(mutex_);
    if (error_) throw *error_;
}

void Op::cancel() noexcept {
    const ProcessRef process = process_.lock();
    if (!process || state() != SAFE_OP_PENDING) return;
    try {
        asio::post(process->loop(), [self = shared_from_this()] {
            if (self->state() == SAFE_OP_PENDING) self->job_->cancel.request(); // a writer's job outlives the operation
        });
    } catch (...) {
        // No memory for the request: the operation goes on, as it may after any request.
    }
}

void Op::close() noexcept {
    closed_ = true;
    job_->cancel.request();
}

void Op::abandon() noexcept {
    // The caller drops what was not taken, not the loop, which may hold the operation for a moment longer.
    Outcome untaken;
    std::shared_ptr<Queue> queue;
    {
        const std::lock_guard lock(mutex_);
        abandoned_ = true;
        taken_ = true;
        std::swap(untaken, outcome_);
        queue.swap(queue_);
    }
    cancel();
}

bool Op::abandoned() const {
    const std::lock_guard lock(mutex_);
    return abandoned_;
}

void Op::bind() {
    if (std::exchange(bound_, true))
        throw Error(Errc::invalid_argument,
                    "the operation has a queue or a callback already; it takes one of them, once");
}

void Op::deliver_to(std::shared_ptr<Queue> queue, std::uint64_t tag) {
    std::unique_lock lock(mutex_);
    bind();
    tag_ = tag;
    if (state_ == SAFE_OP_PENDING) {
        queue_ = std::move(queue);
        return;
    }
    safe_op *const handle = handle_;
    lock.unlock();
    queue->push(shared_from_this(), handle, tag);
}

void Op::call_back(safe_done_fn done, void *user_data) {
    std::unique_lock lock(mutex_);
    bind();
    if (state_ == SAFE_OP_PENDING) {
        callback_ = Callback{done, user_data};
        return;
    }
    safe_op *const handle = handle_;
    lock.unlock();
    done(user_data, handle);
}

void Op::check_takeable() const {
    if (state_ == SAFE_OP_PENDING)
        throw Error(Errc::pending, "the operation has not ended yet; wait for it (safe_op_wait) or be told "
                                   "(safe_op_to_queue, safe_op_on_done)");
    if (error_) throw *error_;
}

void Op::wrong_result(const char *wanted) const {
    throw Error(Errc::wrong_result, std::string("the operation's result is of type ") + name_of_result(outcome_) +
                                        ", not " + wanted + "; take it with the safe_op_take function of its type");
}

namespace {

Error already_taken() { return {Errc::already_taken, "the operation's result was taken before; it can be taken once"}; }

} // namespace

std::uint64_t Op::take_number() {
    const std::lock_guard lock(mutex_);
    check_takeable();
    const auto *number = std::get_if<std::uint64_t>(&outcome_.value);
    if (!number) wrong_result("u64");
    if (std::exchange(taken_, true)) throw already_taken();
    return *number;
}

std::shared_ptr<void> Op::take_object(unsigned tag) {
    const std::lock_guard lock(mutex_);
    check_takeable();
    auto *found = std::get_if<Outcome::Object>(&outcome_.value);
    if (!found || found->tag != tag) wrong_result(name_of_tag(tag) + sizeof "safe_" - 1);
    if (std::exchange(taken_, true)) throw already_taken();
    return std::move(found->object);
}

void Op::put_back(unsigned tag, std::shared_ptr<void> object) {
    const std::lock_guard lock(mutex_);
    outcome_.value = Outcome::Object{tag, std::move(object)};
    taken_ = false;
}

} // namespace safe
