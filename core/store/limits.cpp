#include "store/limits.hpp"

#include "base/error.hpp"

#include <algorithm>

namespace safe {

void check_store_key(const std::string &key) {
    const auto printable = [](char c) { return c >= 0x20 && c <= 0x7e; };
    if (key.empty() || key.size() > max_store_key || !std::all_of(key.begin(), key.end(), printable))
        throw Error(Errc::invalid_argument, "a store key must be 1 to " + std::to_string(max_store_key) +
                                                " printable ASCII characters, not " + std::to_string(key.size()) +
                                                " bytes that are not all so");
}

void check_store_entry(const std::string &key, const Blob &value) {
    check_store_key(key);
    if (value.size() > max_store_value)
        throw Error(Errc::data_too_large,
                    "cannot store " + key + ": its " + std::to_string(value.size()) + " bytes are above the limit of " +
                        std::to_string(max_store_value),
                    {{"limit", max_store_value}});
}

StoreRange cut_range(std::uint64_t size, std::uint64_t offset, std::uint64_t length) {
    const std::uint64_t start = std::min(offset, size);
    return {start, static_cast<std::size_t>(std::min(length, size - start))};
}

} // namespace safe
