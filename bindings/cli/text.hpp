// Texts: hex, sizes for people, file names that are safe to show.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace safe::cli {

using Address = std::array<std::uint8_t, 32>;

std::string to_hex(std::span<const std::uint8_t> bytes);
// 64 hex digits of either case, or nothing.
std::optional<Address> parse_address(std::string_view text);

std::string human_bytes(std::uint64_t bytes); // "317 B", "4.2 MiB"
std::string human_count(std::uint64_t count); // "157,132"
std::string human_time(double seconds);       // "0:07", "1:02:03"

bool is_utf8(std::string_view text);
// Invalid sequences become U+FFFD.
std::string to_utf8(std::string_view bytes);
// For terminals and messages: also control characters are shown, not sent.
std::string printable(std::string_view bytes);

// Whether a terminal can show it: UTF-8 (perhaps cut off at the end) without control characters but white space.
bool is_terminal_text(std::string_view start_of_content);

std::string file_url(std::string_view path);
// The directory that a file: URL names; empty for other URLs.
std::string path_of_file_url(std::string_view url);

} // namespace safe::cli
