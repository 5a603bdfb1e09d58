// What the tests of the encodings share.
#pragma once

#include "base/error.hpp"
#include "encoding/data_map.hpp"
#include "encoding/text.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace safe::test {

inline Bytes hex(std::string_view text) {
    std::string digits;
    for (const char c : text)
        if (c != ' ') digits += c;
    std::optional<Bytes> bytes = from_hex(digits);
    if (!bytes) throw std::invalid_argument("not a hexadecimal vector");
    return *bytes;
}

// The error that the call throws; a failure of the test and an empty error if it throws none.
template <class Call>
Error error_of(Call call) {
    try {
        call();
    } catch (const Error &error) {
        return error;
    }
    ADD_FAILURE() << "nothing was thrown";
    return {Errc::ok, ""};
}

template <class Call>
Errc code_of(Call call) {
    return error_of(call).code();
}

inline Bytes32 filled(Byte byte) {
    Bytes32 out;
    out.fill(byte);
    return out;
}

// A map of that many chunks whose hashes are all different.
inline DataMap sample_map(std::size_t chunks, std::optional<std::uint64_t> child = std::nullopt) {
    DataMap map;
    map.child = child;
    for (std::size_t i = 0; i < chunks; ++i) {
        ChunkInfo chunk{.index = i, .size = 4190208};
        for (std::size_t j = 0; j < 32; ++j) {
            chunk.address[j] = static_cast<Byte>(i * 7 + j * 11 + 1);
            chunk.content_hash[j] = static_cast<Byte>(i * 13 + j * 5 + 128);
        }
        map.chunks.push_back(chunk);
    }
    return map;
}

} // namespace safe::test
