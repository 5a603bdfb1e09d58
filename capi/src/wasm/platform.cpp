#include "platform.hpp"

namespace safe::platform {

// JavaScript's event loop does the work, and it does nothing while a call lasts.
bool can_wait() noexcept { return false; }

std::span<const std::string_view> features() noexcept { return {}; }

const char *environment(const char *) noexcept { return nullptr; }

unsigned default_workers() noexcept { return 1; }
unsigned most_workers() noexcept { return 1; }

} // namespace safe::platform
