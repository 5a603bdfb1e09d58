#include "encoding/text.hpp"

#include <algorithm>

namespace safe {
namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";
constexpr std::string_view base32_digits = "abcdefghijklmnopqrstuvwxyz234567";
constexpr std::string_view zbase32_digits = "ybndrfg8ejkmcpqxot1uwisza345h769";

int hex_value(char digit) {
    if (digit >= '0' && digit <= '9') return digit - '0';
    if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
    return -1;
}

// A code point and the bytes that it takes; 0 bytes if what begins here is not UTF-8.
struct CodePoint {
    std::uint32_t value;
    std::size_t size;
};

CodePoint first_code_point(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<Byte>(text[i]); };
    const Byte lead = byte(0);
    if (lead < 0x80) return {lead, 1};
    const std::size_t size = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
    if (size == 0 || text.size() < size) return {0, 0};
    std::uint32_t value = lead & (0x7fu >> size);
    for (std::size_t i = 1; i < size; ++i) {
        if ((byte(i) & 0xc0u) != 0x80) return {0, 0};
        value = value << 6 | (byte(i) & 0x3fu);
    }
    const bool overlong = (size == 3 && value < 0x800) || (size == 4 && value < 0x10000);
    const bool surrogate = value >= 0xd800 && value < 0xe000;
    if (overlong || surrogate || value > 0x10ffff) return {0, 0};
    return {value, size};
}

bool is_control(std::uint32_t value) { return value < 0x20 || (value >= 0x7f && value < 0xa0); }

bool check_text(std::string_view text, bool controls_allowed) {
    while (!text.empty()) {
        const CodePoint point = first_code_point(text);
        if (point.size == 0 || (!controls_allowed && is_control(point.value))) return false;
        text.remove_prefix(point.size);
    }
    return true;
}

} // namespace

std::string to_hex(ByteView bytes) {
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const Byte byte : bytes) {
        text += hex_digits[byte >> 4];
        text += hex_digits[byte & 15];
    }
    return text;
}

std::optional<Bytes> from_hex(std::string_view text) {
    if (text.size() % 2 != 0) return std::nullopt;
    Bytes bytes;
    bytes.reserve(text.size() / 2);
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const int high = hex_value(text[i]), low = hex_value(text[i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        bytes.push_back(static_cast<Byte>(high << 4 | low));
    }
    return bytes;
}

std::optional<Bytes32> bytes32_from_hex(std::string_view text) {
    Bytes32 out{};
    if (text.size() != 2 * out.size()) return std::nullopt;
    const std::optional<Bytes> bytes = from_hex(text);
    if (!bytes) return std::nullopt;
    std::copy(bytes->begin(), bytes->end(), out.begin());
    return out;
}

namespace {

// Five bits a digit, the highest first.
std::string to_digits(ByteView bytes, std::string_view digits) {
    std::string text;
    text.reserve((bytes.size() * 8 + 4) / 5);
    std::uint32_t pending = 0; // of which the lowest `bits` are still to be written
    unsigned bits = 0;
    for (const Byte byte : bytes) {
        pending = pending << 8 | byte;
        for (bits += 8; bits >= 5; bits -= 5) text += digits[pending >> (bits - 5) & 31];
    }
    if (bits > 0) text += digits[pending << (5 - bits) & 31];
    return text;
}

std::optional<Bytes> from_digits(std::string_view text, std::string_view digits) {
    Bytes bytes;
    bytes.reserve(text.size() * 5 / 8);
    std::uint32_t pending = 0;
    unsigned bits = 0;
    for (const char digit : text) {
        const std::size_t value = digits.find(digit);
        if (value == std::string_view::npos) return std::nullopt;
        pending = pending << 5 | static_cast<std::uint32_t>(value);
        bits += 5;
        if (bits >= 8) {
            bits -= 8;
            bytes.push_back(static_cast<Byte>(pending >> bits));
        }
    }
    // Five bits left over are a digit too many; others than zero would make a second text for the same bytes.
    if (bits >= 5 || (pending & ((1u << bits) - 1)) != 0) return std::nullopt;
    return bytes;
}

} // namespace

std::string to_base32(ByteView bytes) { return to_digits(bytes, base32_digits); }

std::optional<Bytes> from_base32(std::string_view text) { return from_digits(text, base32_digits); }

std::string to_zbase32(ByteView bytes) { return to_digits(bytes, zbase32_digits); }

std::optional<Bytes> from_zbase32(std::string_view text) { return from_digits(text, zbase32_digits); }

bool is_utf8(std::string_view text) { return check_text(text, true); }

bool is_plain_text(std::string_view text) { return check_text(text, false); }

} // namespace safe
