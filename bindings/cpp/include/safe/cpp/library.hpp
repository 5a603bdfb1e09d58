// The library itself, and settings of the process.
#pragma once

#include "safe/cpp/error.hpp"
#include "safe/library.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace safe {
inline namespace v1 {

// Of the library that runs, such as "1.0.0".
inline std::string version() { return safe_version_string(); }

// The same as a number: major * 1000000 + minor * 1000 + patch.
inline std::uint32_t version_number() noexcept { return safe_version_number(); }

// The C interface that it offers; these headers are for SAFE_ABI_VERSION.
inline std::uint32_t abi_version() noexcept { return safe_abi_version(); }

// Whether this build has a feature (safe/library.h names them).
inline bool has_feature(const std::string &name) { return safe_feature(name.c_str()) != 0; }

// A setting of the process; 0 restores its default. SAFE_BUSY while something is connected.
inline void set(safe_setting setting, std::uint64_t value) { call(safe_set, std::int32_t{setting}, value); }

inline std::uint64_t get(safe_setting setting) { return safe_get(setting); }

// 0 at the end of a program without leaks.
inline std::uint64_t live_handles() { return safe_debug_live_handles(); }

// Has lines of the log up to a level told to a function, from any thread; an empty one ends that. It must neither throw nor
// call the library. The former function is gone when this returns.
inline void log_to(safe_log_level level, std::function<void(safe_log_level, std::string_view)> sink) {
    using Sink = std::function<void(safe_log_level, std::string_view)>;
    static std::unique_ptr<Sink> current;
    auto next = sink ? std::make_unique<Sink>(std::move(sink)) : nullptr;
    const auto tell = [](void *user_data, std::int32_t line_level, const char *message) noexcept {
        (*static_cast<Sink *>(user_data))(static_cast<safe_log_level>(line_level), message);
    };
    safe_log_to(level, next ? static_cast<safe_log_fn>(tell) : nullptr, next.get());
    current = std::move(next);
}

} // namespace v1
} // namespace safe
