#include "loop.hpp"

#include "signals.hpp"

#include <poll.h>

namespace safe::cli {
namespace {

constexpr int tick_ms = 100;

} // namespace

Loop::Loop() {
    check([&](safe_error **error) { return safe_queue_create(queue_.out(), error); });
    check([&](safe_error **error) { return safe_queue_fd(queue_.get(), &fd_, error); });
}

std::uint64_t Loop::watch(const Op &op) {
    if (!op) throw Failure(SAFE_OUT_OF_MEMORY, "libsafe could not start an operation: no memory or too many handles");
    const std::uint64_t tag = ++last_tag_;
    check([&](safe_error **error) { return safe_op_to_queue(op.get(), queue_.get(), tag, error); });
    return tag;
}

bool Loop::fetch() {
    safe_op *op = nullptr; // belongs to whoever started it
    std::uint64_t tag = 0;
    safe_error *error = nullptr;
    const safe_status status = safe_queue_next(queue_.get(), 0, &op, &tag, &error);
    if (status == SAFE_TIMEOUT) {
        safe_error_free(error);
        return false;
    }
    if (status != SAFE_OK) throw failure_of(status, error);
    ended_.insert(tag);
    return true;
}

void Loop::wait_on(int fd) {
    if (!on_tick) {
        wait_for(fd, POLLIN, -1);
        return;
    }
    while (!wait_for(fd, POLLIN, tick_ms)) on_tick();
    on_tick();
}

void Loop::wait_readable(int fd) { wait_on(fd); }

std::uint64_t Loop::next() {
    check_interrupted();
    while (ended_.empty() && !fetch()) wait_on(fd_);
    const std::uint64_t tag = *ended_.begin();
    ended_.erase(ended_.begin());
    return tag;
}

void Loop::await(const Op &op) {
    const std::uint64_t tag = watch(op);
    try {
        check_interrupted();
        while (!ended_.contains(tag)) {
            if (!fetch()) wait_on(fd_);
        }
    } catch (...) {
        stop(op);
        throw;
    }
    ended_.erase(tag);
    check_done(op);
}

std::uint64_t Loop::number(const Op &op) {
    await(op);
    std::uint64_t value = 0;
    check([&](safe_error **error) { return safe_op_take_u64(op.get(), &value, error); });
    return value;
}

void stop(const Op &op) {
    if (!op || safe_op_state(op.get()) != SAFE_OP_PENDING) return;
    safe_op_cancel(op.get());
    safe_op_wait(op.get(), SAFE_FOREVER, nullptr);
}

void check_done(const Op &op) {
    check([&](safe_error **error) { return safe_op_wait(op.get(), 0, error); });
}

} // namespace safe::cli
