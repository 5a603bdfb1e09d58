// Starts the work of an operation on the loop, and ends the operation with what comes of it.
#pragma once

#include "op.hpp"
#include "session.hpp"

#include "base/async.hpp"
#include "host/process.hpp"

#include <type_traits>
#include <utility>

namespace safe {

// Work is a function that makes a coroutine: Awaitable<Outcome>(JobRef job). It is called on the loop.
namespace detail {

// The runtime's kept buffers stay while this runs.
template <class Work>
Awaitable<Outcome> active(RuntimeRef runtime, JobRef job, Work work) {
    const auto activity = runtime->activity();
    Awaitable<Outcome> begun = work(std::move(job));
    co_return co_await std::move(begun);
}

template <class Work>
void run(ProcessRef process, std::shared_ptr<Op> op, std::shared_ptr<void> listed, Work work) {
    Loop &loop = process->loop();
    Awaitable<Outcome> all = active(process->runtime(), op->job(), std::move(work));
    asio::co_spawn(loop, std::move(all),
                   [process = std::move(process), op = std::move(op),
                    listed = std::move(listed)](std::exception_ptr failure, Outcome result) mutable {
                       listed.reset();
                       if (!failure) return op->succeed(std::move(process), std::move(result));
                       op->fail(std::move(process), error_of(failure));
                   });
}

// Never throws on the loop's thread: what goes wrong before the coroutine runs fails the operation too.
template <class Work>
void post(ProcessRef process, std::shared_ptr<Session> session, std::shared_ptr<Op> op, Work work) {
    Loop &loop = process->loop();
    asio::post(loop, [process = std::move(process), session = std::move(session), op = std::move(op),
                      work = std::move(work)]() mutable {
        try {
            std::shared_ptr<void> listed = session ? session->list(op) : nullptr;
            session.reset();
            run(std::move(process), op, std::move(listed), std::move(work));
        } catch (...) {
            op->fail(nullptr, current_error());
        }
    });
}

} // namespace detail

// An operation of a client. `job`: one of its own unless the object it belongs to has one (a writer).
template <class Work>
std::shared_ptr<Op> start_op(std::shared_ptr<Session> session, Work work, JobRef job = std::make_shared<Job>()) {
    ProcessRef process = session->process();
    auto op = std::make_shared<Op>(process, std::move(job));
    detail::post(std::move(process), std::move(session), op, std::move(work));
    return op;
}

// An operation without a client.
template <class Work>
std::shared_ptr<Op> start_op(ProcessRef process, Work work) {
    auto op = std::make_shared<Op>(process, std::make_shared<Job>());
    detail::post(std::move(process), nullptr, op, std::move(work));
    return op;
}

} // namespace safe
