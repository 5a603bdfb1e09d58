// What can go wrong, as one table of codes, and the exception that carries one of them.
// Numbers above -3000 are those of the 2019 client libraries (reference/safe_ffi.md section 4); where the app's and
// the authenticator's tables clashed the app's number stands (DETAILS D4). New codes: one block per core folder.
#pragma once

#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace safe {

enum class Errc : std::int32_t {
    ok = 0,
    // 2019
    encode_decode = -1,
    random_failed = -8,
    operation_forbidden = -9,
    access_denied = -100,
    no_such_data = -103,
    data_exists = -104,
    data_too_large = -105,
    invalid_successor = -111,
    file_not_found = -301,
    invalid_range = -302,
    unexpected = -2000,
    // base
    invalid_argument = -3000,
    out_of_memory = -3001,
    cancelled = -3002,
    timeout = -3003,
    busy = -3004,
    unsupported = -3005,
    io = -3006,
    // capi
    invalid_handle = -3020,
    wrong_handle_type = -3021,
    closed = -3022,
    forked = -3023,
    would_deadlock = -3024,
    pending = -3025,
    already_taken = -3026,
    too_many_handles = -3027,
    wrong_result = -3028,
    woken = -3029,
    // crypto
    bad_signature = -3040,
    bad_key = -3041,
    // encoding
    bad_link = -3060,
    bad_data_map = -3061,
    bad_message = -3062,
    // selfencrypt
    too_large = -3080,
    source_changed = -3081,
    size_mismatch = -3082,
    chunk_corrupt = -3083,
    unsupported_format = -3084,
    // store
    store_io = -3100,
    store_full = -3101,
    store_read_only = -3102,
    store_corrupt = -3103,
    store_version = -3104,
    store_busy = -3105,
    store_missing = -3106,
    // vault
    vault_refused = -3120,
    vault_lied = -3121,
    // net
    connection_failed = -3140,
    // host
    bad_url = -3180,
    url_is_content = -3181,
};

// The constant's name as in the C ABI without its prefix, e.g. "STORE_VERSION"; "UNKNOWN" for a number not in the table.
std::string_view name_of(Errc code);

// Whether the same call may succeed later without any change by the caller.
bool is_retryable(Errc code);

// A named fact beside the message, e.g. current_version = 7.
struct Detail {
    std::string name;
    std::variant<std::uint64_t, std::string> value;
};

class Error : public std::exception {
  public:
    Error(Errc code, std::string message, std::vector<Detail> details = {})
        : code_(code), message_(std::move(message)), details_(std::move(details)) {}

    Errc code() const { return code_; }
    const std::string &message() const { return message_; }
    const std::vector<Detail> &details() const { return details_; }
    const char *what() const noexcept override { return message_.c_str(); }

    // The named number, or nullptr.
    const std::uint64_t *number(std::string_view name) const;

  private:
    Errc code_;
    std::string message_;
    std::vector<Detail> details_;
};

// Turns whatever is being handled in a catch block into an Error (bad_alloc and unknown exceptions included).
Error current_error();

} // namespace safe
