// How many operations are telling their users that they have ended. While one does, user code may be running on the
// loop's thread, and whoever waits for that thread could be what that code waits for.
#pragma once

#include <chrono>

namespace safe {

class Telling {
  public:
    Telling() noexcept;
    ~Telling();
    Telling(const Telling &) = delete;
    Telling &operator=(const Telling &) = delete;

    // True once there is none; false if that takes longer.
    static bool all_told_within(std::chrono::milliseconds time);
};

} // namespace safe
