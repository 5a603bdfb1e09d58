// What all work of a process shares: one loop, a pool of CPU workers, threads for blocking I/O, the memory budget.
// The core has no globals: whoever composes a process (core/host, the tests) makes one and hands it on.
#pragma once

#include "base/async.hpp"
#include "base/budget.hpp"
#include "base/buffer.hpp"
#include "base/limits.hpp"
#include "base/ports.hpp"

#include <exception>
#include <memory>
#include <optional>
#include <type_traits>

namespace safe {

class Runtime : public std::enable_shared_from_this<Runtime> {
  public:
    struct Ports {
        std::shared_ptr<Clock> clock;
        std::shared_ptr<Random> random;
        std::shared_ptr<Executor> cpu; // `workers` jobs at a time
        std::shared_ptr<Executor> io;  // for calls that block
    };

    struct Memory {
        std::uint64_t pool;    // freed buffers are kept below this
        std::uint64_t buffers; // what the budget gives out
    };

    // The loop must outlive the runtime.
    Runtime(Loop &loop, Ports ports, unsigned workers, Memory memory)
        : loop_(loop), ports_(std::move(ports)), workers_(workers),
          pool_(std::make_shared<BufferPool>(static_cast<std::size_t>(memory.pool))),
          budget_(std::make_shared<Budget>(loop, memory.buffers)), idle_(loop) {}
    // `memory`: bytes for everything, compressors included (limits::memory_for).
    Runtime(Loop &loop, Ports ports, unsigned workers, std::uint64_t memory)
        : Runtime(loop, std::move(ports), workers,
                  Memory{limits::pool_memory(memory), limits::buffer_memory(memory, workers)}) {}

    Loop &loop() { return loop_; }
    Clock &clock() { return *ports_.clock; }
    Random &random() { return *ports_.random; }
    unsigned workers() const { return workers_; }
    const BufferPoolRef &buffers() const { return pool_; }
    Budget &budget() { return *budget_; }

    // Runs `work` on a CPU worker (at most `workers` at a time; each may use limits::encoder_memory besides what the
    // budget gave its caller) or on an I/O thread, and comes back to the loop with its result or its exception.
    // Not interruptible: the caller's frame, and so all that `work` refers to, outlives it.
    template <class Work>
    auto on_cpu(Work work) {
        return run_on(ports_.cpu, std::move(work));
    }
    template <class Work>
    auto on_io(Work work) {
        return run_on(ports_.io, std::move(work));
    }

    // Held while an operation runs. When none has for a moment, kept buffers go back to the system. Loop thread.
    [[nodiscard]] std::shared_ptr<void> activity();

    // Gives kept memory back now and leaves no timer behind. Loop thread.
    void settle();

  private:
    template <class Work>
    Awaitable<std::invoke_result_t<Work &>> run_on(std::shared_ptr<Executor> executor, Work work) {
        using Result = std::invoke_result_t<Work &>;
        using Kept = std::conditional_t<std::is_void_v<Result>, char, Result>;
        struct Shared {
            Shared(Loop &loop, Work w) : gate(loop), work(std::move(w)) {}
            Gate gate;
            Work work;
            std::optional<Kept> result;
            std::exception_ptr error;
        };
        auto shared = std::make_shared<Shared>(loop_, std::move(work));
        auto keep_loop = asio::make_work_guard(loop_);
        // The thread keeps nothing once it has posted: what `work` holds is let go on the loop.
        executor->post([shared, loop = &loop_]() mutable {
            try {
                if constexpr (std::is_void_v<Result>) {
                    shared->work();
                    shared->result.emplace();
                } else {
                    shared->result.emplace(shared->work());
                }
            } catch (...) {
                shared->error = std::current_exception();
            }
            asio::post(*loop, [shared = std::move(shared)] { shared->gate.open(); });
        });
        co_await shared->gate.wait();
        budget_->beat();
        if (shared->error) std::rethrow_exception(shared->error);
        if constexpr (!std::is_void_v<Result>) co_return std::move(*shared->result);
    }

    Loop &loop_;
    Ports ports_;
    unsigned workers_;
    BufferPoolRef pool_;
    std::shared_ptr<Budget> budget_;
    Timer idle_;
    unsigned active_ = 0;
};

using RuntimeRef = std::shared_ptr<Runtime>;

} // namespace safe
