#include "telling.hpp"

#include <condition_variable>
#include <mutex>

namespace safe {

namespace {

struct State {
    std::mutex mutex;
    std::condition_variable none;
    unsigned count = 0;
};

// Never destroyed: threads of the library may end operations until the process is gone.
State &state() {
    static State *const state = new State;
    return *state;
}

} // namespace

Telling::Telling() noexcept {
    const std::lock_guard lock(state().mutex);
    ++state().count;
}

Telling::~Telling() {
    const std::lock_guard lock(state().mutex);
    if (--state().count == 0) state().none.notify_all();
}

bool Telling::all_told_within(std::chrono::milliseconds time) {
    std::unique_lock lock(state().mutex);
    return state().none.wait_for(lock, time, [] { return state().count == 0; });
}

} // namespace safe
