// What the interface must know of the platform that it was built for.
#pragma once

#include <span>
#include <string_view>

namespace safe::platform {

// Whether a thread can wait here while another one does the work.
bool can_wait() noexcept;

// Names for safe_feature beside those that every build has.
std::span<const std::string_view> features() noexcept;

// NULL where there is no such variable, or no environment.
const char *environment(const char *name) noexcept;

unsigned default_workers() noexcept;
unsigned most_workers() noexcept;

} // namespace safe::platform
