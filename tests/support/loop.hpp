// A runtime for tests of coroutines: real thread pools, a loop that runs on the test's own thread.
#pragma once

#include "base/native/thread_pool.hpp"
#include "base/runtime.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace safe::test {

class UrandomSource : public Random {
  public:
    void fill(MutableView out) override {
        const int fd = ::open("/dev/urandom", O_RDONLY | O_CLOEXEC);
        if (fd < 0 || ::read(fd, out.data(), out.size()) != static_cast<ssize_t>(out.size()))
            throw Error(Errc::random_failed, "no /dev/urandom");
        ::close(fd);
    }
};

class TestLoop {
  public:
    explicit TestLoop(unsigned workers = 2, std::uint64_t memory = 0,
                      std::shared_ptr<Random> random = std::make_shared<UrandomSource>())
        : cpu_(std::make_shared<ThreadPool>(workers)), io_(std::make_shared<ThreadPool>(4)),
          runtime_(std::make_shared<Runtime>(
              loop_, Runtime::Ports{std::make_shared<SystemClock>(), std::move(random), cpu_, io_}, workers,
              memory ? memory : limits::memory_for(workers))) {}

    const RuntimeRef &runtime() { return runtime_; }
    asio::io_context &context() { return loop_; }

    // Runs the coroutine to its end and gives its result or throws its exception.
    template <class T>
    T run(Awaitable<T> work) {
        std::optional<std::conditional_t<std::is_void_v<T>, char, T>> result;
        std::exception_ptr failure;
        asio::co_spawn(loop_, std::move(work), [&](std::exception_ptr error, auto... value) {
            failure = error;
            if constexpr (std::is_void_v<T>) {
                result.emplace();
            } else if (!error) {
                ((result.emplace(std::move(value))), ...);
            }
        });
        loop_.restart();
        loop_.run();
        if (failure) std::rethrow_exception(failure);
        if constexpr (!std::is_void_v<T>) return std::move(*result);
    }

  private:
    asio::io_context loop_;
    std::shared_ptr<ThreadPool> cpu_, io_;
    RuntimeRef runtime_;
};

} // namespace safe::test
