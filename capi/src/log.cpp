#include "log.hpp"

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>

namespace safe {

namespace {

struct Sink {
    safe_log_fn call;
    void *user_data;
    unsigned calls = 0; // under way
};

struct State {
    std::atomic<std::int32_t> level{0}; // 0: off
    std::mutex mutex;
    std::condition_variable quiet;
    std::shared_ptr<Sink> sink;
};

// Never destroyed: any thread may log until the process is gone.
State &state() {
    static State *const state = new State;
    return *state;
}

} // namespace

void log_line(safe_log_level level, const std::string &line) noexcept {
    State &log = state();
    if (level > log.level.load(std::memory_order_relaxed)) return;
    std::unique_lock lock(log.mutex);
    const auto sink = log.sink;
    if (!sink) return;
    ++sink->calls;
    lock.unlock();
    sink->call(sink->user_data, level, line.c_str());
    lock.lock();
    if (--sink->calls == 0) log.quiet.notify_all();
}

void set_log_sink(std::int32_t level, safe_log_fn sink, void *user_data) {
    State &log = state();
    auto made = sink ? std::make_shared<Sink>(Sink{sink, user_data}) : nullptr;
    std::unique_lock lock(log.mutex);
    log.sink.swap(made);
    log.level = log.sink ? level : 0;
    if (made) log.quiet.wait(lock, [&] { return made->calls == 0; });
}

} // namespace safe
