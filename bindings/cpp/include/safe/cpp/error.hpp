// Failures: one exception, with the code that all languages have for it.
#pragma once

#include "safe/error.h"

#include <cstdint>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <variant>

namespace safe {
inline namespace v1 {

// A call failed. what() says what failed, on what, why, and what to do next.
class Error : public std::runtime_error {
  public:
    using Detail = std::variant<std::uint64_t, std::string>;

    // From the C interface: frees the error object, which may be NULL.
    Error(safe_status code, safe_error *error) : Error(code, text_of(code, error), details_of(error)) {
        safe_error_free(error);
    }

    Error(safe_status code, const std::string &message, std::map<std::string, Detail> details = {})
        : std::runtime_error(message), code_(code), details_(std::move(details)) {}

    // One of safe_code (safe/error.h).
    safe_status code() const noexcept { return code_; }

    // Its name, such as "SAFE_STORE_FULL".
    const char *name() const noexcept { return safe_code_name(code_); }

    // Whether the same call may succeed later without a change by the caller.
    bool retryable() const noexcept { return safe_code_is_retryable(code_) != 0; }

    // Named facts, for example current_version.
    const std::map<std::string, Detail> &details() const noexcept { return details_; }

    // A fact that is a number, if there is one of that name.
    std::optional<std::uint64_t> number(const std::string &name) const {
        const auto found = details_.find(name);
        if (found == details_.end() || !std::holds_alternative<std::uint64_t>(found->second)) return std::nullopt;
        return std::get<std::uint64_t>(found->second);
    }

  private:
    static std::string text_of(safe_status code, const safe_error *error) {
        const char *message = error ? safe_error_message(error) : nullptr;
        return message ? message : safe_code_name(code);
    }

    static std::map<std::string, Detail> details_of(const safe_error *error) {
        std::map<std::string, Detail> details;
        const std::uint64_t count = error ? safe_error_detail_count(error) : 0;
        for (std::uint64_t index = 0; index < count; ++index) {
            const char *name = safe_error_detail_name(error, index);
            std::uint64_t number = 0;
            if (safe_error_detail_u64(error, name, &number) == SAFE_OK)
                details[name] = number;
            else if (const char *text = safe_error_detail_text(error, name))
                details[name] = std::string(text);
        }
        return details;
    }

    safe_status code_;
    std::map<std::string, Detail> details_;
};

// Calls a C function whose last parameter is the error. Throws if it fails.
template <class Function, class... Arguments>
void call(Function function, Arguments... arguments) {
    safe_error *error = nullptr;
    const safe_status status = function(arguments..., &error);
    if (status != SAFE_OK) throw Error(status, error);
}

} // namespace v1
} // namespace safe
