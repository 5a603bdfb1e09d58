// The compression step of the chunk formats (reference/self_encryption.md B.6). The encoder's output decides
// addresses: quality, window and size hint below are part of the format, and the library behind them is
// patched to match.
#pragma once

#include "base/buffer.hpp"

namespace safe::brotli {

// The largest size that compress() gives for a plain text of this size.
std::size_t bound(std::size_t plain);

// Puts the compressed bytes in the place of the plain ones. The buffer's capacity is at least the bound.
void compress(const BufferPoolRef &pool, Buffer &text);

// A buffer with the compressed bytes and capacity for at least `room` more.
Buffer compress(const BufferPoolRef &pool, ByteView plain, std::size_t room);

// Fills `plain` from a stream that must hold exactly that many bytes and end where `packed` ends, else
// CHUNK_CORRUPT.
void expand(const BufferPoolRef &pool, ByteView packed, MutableView plain);

} // namespace safe::brotli
