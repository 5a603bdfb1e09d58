// One chunk of format C2, there and back (reference/self_encryption.md B.1): brotli, ChaCha20-Poly1305, XOR.
#pragma once

#include "base/buffer.hpp"
#include "base/bytes.hpp"
#include "encoding/data_map.hpp"
#include "selfencrypt/layout.hpp"

#include <cstdint>

namespace safe {

// What the key of a chunk is derived from.
struct ChunkKeys {
    Bytes32 own; // content hashes: of the chunk, and of the two before it (see predecessors())
    Bytes32 before;
    Bytes32 before_that;
    std::uint64_t index = 0;
    std::uint64_t level = 0; // 0: content; k: a data map shrunk k times
};

ChunkKeys keys_of(const DataMap &map, std::uint64_t index, std::uint64_t level);

struct EncryptedChunk {
    Buffer bytes;
    Address address{};
};

// The largest size that a chunk of this plain size can have, and so what a buffer for either is booked with.
std::uint64_t chunk_booking(std::uint64_t plain_size);

// Room for a chunk of this plain size, and for what becomes of it.
Buffer chunk_buffer(const BufferPoolRef &pool, std::size_t plain_size);

// `chunk`: the plain content in a buffer with that much room; what is stored takes its place.
EncryptedChunk encrypt_chunk(const BufferPoolRef &pool, Buffer chunk, const ChunkKeys &keys);
EncryptedChunk encrypt_chunk(const BufferPoolRef &pool, ByteView plain, const ChunkKeys &keys);

// The part behind compression, in place: `bytes` is a compressed content followed by room for the tag.
Address seal_chunk(MutableView bytes, const ChunkKeys &keys);

// Verifies the address, the authentication tag, the size and the content hash. Throws CHUNK_CORRUPT.
Buffer decrypt_chunk(const BufferPoolRef &pool, ByteView stored, const ChunkInfo &info, const ChunkKeys &keys);

} // namespace safe
