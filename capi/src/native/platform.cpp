#include "platform.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <thread>

namespace safe::platform {

bool can_wait() noexcept { return true; }

std::span<const std::string_view> features() noexcept {
    static constexpr std::array<std::string_view, 3> features{"file", "files", "wait"};
    return features;
}

const char *environment(const char *name) noexcept { return std::getenv(name); }

unsigned default_workers() noexcept { return std::min(2u, std::max(1u, std::thread::hardware_concurrency())); }
unsigned most_workers() noexcept { return 256; }

} // namespace safe::platform
