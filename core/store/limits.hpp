// What every store accepts, checked the same way by all of them.
#pragma once

#include "base/blob.hpp"

#include <cstdint>
#include <string>

namespace safe {

constexpr std::size_t max_store_key = 200;
constexpr std::uint64_t max_store_value = 5 * 1024 * 1024;

// Throws INVALID_ARGUMENT unless the key is 1 to 200 printable ASCII characters.
void check_store_key(const std::string &key);
// The same, and DATA_TOO_LARGE for a value above 5 MiB.
void check_store_entry(const std::string &key, const Blob &value);

// The range [offset, offset + length) cut at `size`: where it begins and how long it is.
struct StoreRange {
    std::uint64_t offset;
    std::size_t length;
};
StoreRange cut_range(std::uint64_t size, std::uint64_t offset, std::uint64_t length);

} // namespace safe
