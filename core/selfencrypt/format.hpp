// Chunk formats by name (reference/self_encryption.md section 0).
#pragma once

#include <string_view>

namespace safe {

enum class ChunkFormat {
    c2, // 0.35 and later: the living format, kept by vaults
    s1, // 0.13 to 0.15: chunks are kept by the caller
};

// "c2" or "s1". Throws UNSUPPORTED_FORMAT for one that existed but is not implemented, INVALID_ARGUMENT for
// no format.
ChunkFormat format_from_name(std::string_view name);

} // namespace safe
