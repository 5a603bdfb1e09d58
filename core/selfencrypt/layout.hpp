// Where the chunks of a content begin and end when it is written (reference/self_encryption.md A.3). Readers
// never use this: other writers were built with other sizes, so the data map alone decides (trap 13).
#pragma once

#include "base/limits.hpp"

#include <array>
#include <cstdint>

namespace safe {

struct Layout {
    std::uint64_t size;        // of the content
    std::uint64_t count;       // of chunks; 0 if the content is too small for any
    std::uint64_t chunk_size;  // of every chunk but the last two
    std::uint64_t penultimate; // size of the last but one
    std::uint64_t last;        // size of the last

    std::uint64_t size_of(std::uint64_t index) const {
        if (index + 1 == count) return last;
        return index + 2 == count ? penultimate : chunk_size;
    }
    std::uint64_t start_of(std::uint64_t index) const {
        if (index + 1 == count) return size - last;
        return index * chunk_size;
    }
};

// `most` and `least`: the largest and the smallest size of a chunk in the format.
Layout layout_of(std::uint64_t size, std::uint64_t most, std::uint64_t least);

// Of format C2.
inline Layout layout_of(std::uint64_t size) { return layout_of(size, limits::max_chunk_content, 1); }

// The chunks whose content hashes go into the key of a chunk: the one before and the one before that, round
// the end.
constexpr std::array<std::uint64_t, 2> predecessors(std::uint64_t index, std::uint64_t count) {
    return {(index + count - 1) % count, (index + 2 * count - 2) % count};
}

} // namespace safe
