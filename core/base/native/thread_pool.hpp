// Executors and the clock of a native process.
#pragma once

#include "base/ports.hpp"

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace safe {

// A fixed number of threads, started when first needed; jobs start in the order in which they came.
class ThreadPool : public Executor {
  public:
    explicit ThreadPool(unsigned threads) : limit_(threads) {}
    // Jobs already posted are run first. Must not be destroyed by one of its own threads.
    ~ThreadPool() override;

    void post(std::function<void()> job) override;

  private:
    void run();

    const unsigned limit_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<std::function<void()>> jobs_;
    std::vector<std::thread> threads_;
    unsigned idle_ = 0;
    bool stopping_ = false;
};

class SystemClock : public Clock {
  public:
    std::uint64_t wall_ms() override;
};

} // namespace safe
