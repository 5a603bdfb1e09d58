// Threads do not survive a fork, so its child must not use what they owned (DETAILS D2).
#pragma once

#include <mutex>

namespace safe {

// From now on forked() tells. The mutex is held while the process forks, so that what it guards is whole in the child.
// Called once.
void watch_forks(std::mutex &mutex);

// Whether this process is the child of one that had called watch_forks.
bool forked() noexcept;

} // namespace safe
