// The vocabulary for bytes: owned, viewed, fixed-size.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace safe {

using Byte = std::uint8_t;
using Bytes = std::vector<Byte>;
using ByteView = std::span<const Byte>;
using MutableView = std::span<Byte>;

// A 32-byte value: hash, content address, public key, seed.
using Bytes32 = std::array<Byte, 32>;

// The BLAKE3-256 of what is stored under it (DETAILS D6).
using Address = Bytes32;

inline ByteView view_of(std::string_view text) { return {reinterpret_cast<const Byte *>(text.data()), text.size()}; }

inline std::string_view text_of(ByteView bytes) { return {reinterpret_cast<const char *>(bytes.data()), bytes.size()}; }

} // namespace safe
