// Waiting for what may take as long as somebody else likes.
#pragma once

#include "base/cancel.hpp"
#include "base/runtime.hpp"

#include <exception>
#include <optional>

namespace safe {

// The result of the work; or CANCELLED as soon as that is asked for, whatever the work does. It then goes on by itself to
// its end, with all that it holds.
template <class T>
Awaitable<T> unless_cancelled(RuntimeRef runtime, JobRef job, Awaitable<T> work) {
    struct Shared {
        explicit Shared(const RuntimeRef &runtime) : gate(runtime->loop()) {}
        Gate gate;
        std::optional<T> result;
        std::exception_ptr error;
    };
    job->cancel.check();
    auto shared = std::make_shared<Shared>(runtime);
    asio::co_spawn(runtime->loop(), std::move(work), [shared](std::exception_ptr error, T result) {
        shared->error = error;
        if (!error) shared->result.emplace(std::move(result));
        shared->gate.open();
    });
    {
        const auto hook = job->cancel.on_request([shared] { shared->gate.open(); });
        co_await shared->gate.wait();
    }
    if (shared->error) std::rethrow_exception(shared->error);
    if (!shared->result) job->cancel.check();
    co_return std::move(*shared->result);
}

} // namespace safe
