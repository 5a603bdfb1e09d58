// Vectors are written in hexadecimal. A reader of its own, because core/encoding stands above core/crypto.
#pragma once

#include "base/bytes.hpp"

#include <stdexcept>
#include <string>
#include <string_view>

namespace safe::test {

inline Bytes bytes_of_hex(std::string_view text) {
    const auto digit = [](char c) {
        const auto value = std::string_view("0123456789abcdef").find(c);
        if (value == std::string_view::npos) throw std::invalid_argument("not a hexadecimal vector");
        return static_cast<unsigned>(value);
    };
    Bytes bytes;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2)
        bytes.push_back(static_cast<Byte>(digit(text[i]) << 4 | digit(text[i + 1])));
    return bytes;
}

inline std::string hex_of(ByteView bytes) {
    std::string text;
    for (const Byte byte : bytes) {
        text += "0123456789abcdef"[byte >> 4];
        text += "0123456789abcdef"[byte & 15];
    }
    return text;
}

} // namespace safe::test
