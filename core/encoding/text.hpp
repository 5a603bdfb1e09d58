// Bytes as text: hexadecimal (addresses, keys) and base32 (links, keys of vaults); and what may be in a text.
#pragma once

#include "base/bytes.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace safe {

std::string to_hex(ByteView bytes); // lower case
// Upper and lower case; nullopt for an odd length or another character.
std::optional<Bytes> from_hex(std::string_view text);
// Exactly 64 digits, as addresses and keys have.
std::optional<Bytes32> bytes32_from_hex(std::string_view text);

// RFC 4648 section 6 in lower case, without padding.
std::string to_base32(ByteView bytes);
// Only what to_base32 gives: no upper case, no impossible length, no stray bits at the end.
std::optional<Bytes> from_base32(std::string_view text);
// The same with the digits of z-base-32, of which no two are easily taken for each other.
std::string to_zbase32(ByteView bytes);
std::optional<Bytes> from_zbase32(std::string_view text);

// Well-formed UTF-8 (Unicode 15, table 3-7): no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view text);
// UTF-8 without U+0000..U+001F, U+007F..U+009F: what may be shown in one line of a terminal.
bool is_plain_text(std::string_view text);

} // namespace safe
