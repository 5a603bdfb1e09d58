// What an address or a private link leads to (DETAILS D6): a data map in upstream's MessagePack, or our own envelope,
// which begins with the byte 0x53 and holds content of less than three bytes (which upstream cannot encrypt) or other
// small values inline. docs/formats.md, "Content descriptor".
#pragma once

#include "encoding/data_map.hpp"

#include <variant>

namespace safe {

// Either the bytes themselves (at most limits::max_inline) or the root map.
using Content = std::variant<Bytes, DataMap>;

std::uint64_t size_if_known(const Content &content); // UINT64_MAX for a map of a map (its size is inside)
Bytes encode(const Content &content);
Content decode_content(ByteView bytes); // throws BAD_DATA_MAP, UNSUPPORTED_FORMAT

} // namespace safe
