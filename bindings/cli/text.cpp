#include "text.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace safe::cli {
namespace {

int nibble(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

// The length of the UTF-8 sequence that `text` begins with; 0 if it is invalid, -1 if it is valid so far but cut off.
int sequence_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned first = byte(0);
    if (first < 0x80) return 1;
    const int length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4) return 0;
    unsigned point = first & (0x7Fu >> length);
    for (int i = 1; i < length; ++i) {
        if (static_cast<std::size_t>(i) >= text.size()) return -1;
        if ((byte(i) & 0xC0) != 0x80) return 0;
        point = point << 6 | (byte(i) & 0x3F);
    }
    const bool overlong = (length == 3 && point < 0x800) || (length == 4 && point < 0x10000);
    const bool surrogate = point >= 0xD800 && point <= 0xDFFF;
    return overlong || surrogate || point > 0x10FFFF ? 0 : length;
}

constexpr std::string_view replacement = "\xEF\xBF\xBD";

} // namespace

std::string to_hex(std::span<const std::uint8_t> bytes) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string out;
    out.reserve(bytes.size() * 2);
    for (const std::uint8_t byte : bytes) {
        out += digits[byte >> 4];
        out += digits[byte & 15];
    }
    return out;
}

std::optional<Address> parse_address(std::string_view text) {
    Address out{};
    if (text.size() != 2 * out.size()) return std::nullopt;
    for (std::size_t i = 0; i < out.size(); ++i) {
        const int high = nibble(text[2 * i]), low = nibble(text[2 * i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        out[i] = static_cast<std::uint8_t>(high << 4 | low);
    }
    return out;
}

std::string human_bytes(std::uint64_t bytes) {
    if (bytes < 1024) return std::to_string(bytes) + " B";
    static constexpr const char *units[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    double value = static_cast<double>(bytes) / 1024;
    std::size_t unit = 0;
    // 1023.95 would be shown as 1024.0.
    while (value >= 1023.95 && unit + 1 < std::size(units)) {
        value /= 1024;
        ++unit;
    }
    char out[32];
    std::snprintf(out, sizeof out, value < 99.95 ? "%.1f %s" : "%.0f %s", value, units[unit]);
    return out;
}

std::string human_count(std::uint64_t count) {
    std::string out = std::to_string(count);
    for (std::size_t i = out.size(); i > 3; i -= 3) out.insert(i - 3, ",");
    return out;
}

std::string human_time(double seconds) {
    const auto whole = static_cast<std::uint64_t>(std::llround(std::min(seconds, 3600.0 * 1000)));
    char out[32];
    if (whole < 3600) {
        std::snprintf(out, sizeof out, "%d:%02d", static_cast<int>(whole / 60), static_cast<int>(whole % 60));
    } else {
        std::snprintf(out, sizeof out, "%d:%02d:%02d", static_cast<int>(whole / 3600),
                      static_cast<int>(whole / 60 % 60), static_cast<int>(whole % 60));
    }
    return out;
}

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const int length = sequence_length(text);
        if (length <= 0) return false;
        text.remove_prefix(static_cast<std::size_t>(length));
    }
    return true;
}

std::string to_utf8(std::string_view bytes) {
    std::string out;
    while (!bytes.empty()) {
        const int length = sequence_length(bytes);
        const std::size_t step = length > 0 ? static_cast<std::size_t>(length) : 1;
        out += length > 0 ? bytes.substr(0, step) : replacement;
        bytes.remove_prefix(step);
    }
    return out;
}

std::string printable(std::string_view bytes) {
    std::string out;
    const std::string text = to_utf8(bytes);
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        // C0, DEL, and C1, which is C2 80 to C2 9F in UTF-8
        const bool c1 = byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
        if (byte < 0x20 || byte == 0x7F || c1) {
            char escaped[8];
            std::snprintf(escaped, sizeof escaped, "\\x%02x", c1 ? static_cast<unsigned char>(text[++i]) : byte);
            out += escaped;
        } else {
            out += text[i];
        }
    }
    return out;
}

bool is_terminal_text(std::string_view content) {
    while (!content.empty()) {
        const int length = sequence_length(content);
        if (length < 0) return content.size() < 4; // the last character goes on after what we were shown
        if (length == 0) return false;
        const auto byte = static_cast<unsigned char>(content[0]);
        if ((byte < 0x20 && byte != '\n' && byte != '\t' && byte != '\r' && byte != '\f') || byte == 0x7F) return false;
        if (byte == 0xC2 && static_cast<unsigned char>(content[1]) < 0xA0) return false;
        content.remove_prefix(static_cast<std::size_t>(length));
    }
    return true;
}

std::string file_url(std::string_view path) {
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string out = "file:";
    for (const char c : path) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain = (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
                           (byte >= 'A' && byte <= 'Z') || std::string_view("/-._~").find(c) != std::string_view::npos;
        if (plain) {
            out += c;
        } else {
            out += '%';
            out += digits[byte >> 4];
            out += digits[byte & 15];
        }
    }
    return out;
}

std::string path_of_file_url(std::string_view url) {
    if (!url.starts_with("file:")) return "";
    url.remove_prefix(5);
    if (url.starts_with("//")) url.remove_prefix(url.starts_with("//localhost/") ? 11 : 2);
    std::string path;
    for (std::size_t i = 0; i < url.size(); ++i) {
        const int high = url[i] == '%' && i + 2 < url.size() ? nibble(url[i + 1]) : -1;
        const int low = high >= 0 ? nibble(url[i + 2]) : -1;
        path += low >= 0 ? static_cast<char>(high << 4 | low) : url[i];
        if (low >= 0) i += 2;
    }
    return path;
}

} // namespace safe::cli
