// The process's log sink.
#pragma once

#include "safe/library.h"

#include <string>

namespace safe {

// Under no lock. No line holds user data, names of content, or secrets.
void log_line(safe_log_level level, const std::string &line) noexcept;

// Returns when the former sink is not called any more.
void set_log_sink(std::int32_t level, safe_log_fn sink, void *user_data);

} // namespace safe
