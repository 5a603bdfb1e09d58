#include "fork.hpp"

#include <atomic>
#include <pthread.h>

namespace safe {

namespace {

std::mutex *guarded = nullptr;
std::atomic<bool> in_child{false};

} // namespace

void watch_forks(std::mutex &mutex) {
    guarded = &mutex;
    pthread_atfork([] { guarded->lock(); }, [] { guarded->unlock(); },
                   [] {
                       in_child = true;
                       guarded->unlock();
                   });
}

bool forked() noexcept { return in_child.load(std::memory_order_relaxed); }

} // namespace safe
