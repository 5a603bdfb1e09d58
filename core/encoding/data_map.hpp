// Data maps of the living format C2, in both serialisations (reference/self_encryption.md B.2, B.5): bincode inside
// shrunk maps, MessagePack at the edge.
#pragma once

#include "base/bytes.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace safe {

struct ChunkInfo {
    std::uint64_t index = 0;
    Address address{};      // "dst_hash": of the stored bytes
    Bytes32 content_hash{}; // "src_hash": of the plain bytes
    std::uint64_t size = 0; // of the plain bytes

    bool operator==(const ChunkInfo &) const = default;
};

struct DataMap {
    std::vector<ChunkInfo> chunks;
    std::optional<std::uint64_t> child; // nullopt: the chunks are the file's; k: they hold a map, encrypted at level k

    // Sum of the chunks' sizes; throws BAD_DATA_MAP on overflow.
    std::uint64_t size() const;
    bool operator==(const DataMap &) const = default;
};

// Throws BAD_DATA_MAP unless the map is one that a reader can follow: at least one chunk and at most
// limits::max_chunks, indices exactly 0..n-1, sizes 1..limits::max_stored_chunk and the sum in range, child <= limits::max_map_depth.
void check(const DataMap &map);

// Both decoders are size-bounded, refuse trailing bytes, and end with check().
Bytes to_bincode(const DataMap &map);
DataMap from_bincode(ByteView bytes);
Bytes to_msgpack(const DataMap &map);
DataMap from_msgpack(ByteView bytes); // hashes as arrays of integers or as bin 32

} // namespace safe
