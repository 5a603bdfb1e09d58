// Format S1, of self_encryption 0.13 to 0.15 (2018-2019): reference/self_encryption.md A.1 to A.7. The caller
// keeps and finds the chunks, by their SHA3-256 names. No coroutines: it works on what it is given.
#pragma once

#include "base/buffer.hpp"
#include "base/bytes.hpp"

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace safe::s1 {

constexpr std::uint64_t max_file = std::uint64_t{1} << 30;
constexpr std::uint64_t max_chunk = 1 << 20;
constexpr std::uint64_t min_chunk = 1024;

using Name = Bytes32;

struct Chunk {
    Name name;
    Bytes bytes;
};

struct ChunkDetails {
    std::uint32_t number;
    Name name;            // "hash": of the stored bytes
    Bytes32 content_hash; // "pre_hash"
    std::uint64_t size;   // of the content
};

class Encoder {
  public:
    explicit Encoder(BufferPoolRef pool) : pool_(std::move(pool)) {}

    // Throws TOO_LARGE above max_file, CLOSED after finish().
    void write(ByteView data);
    // The data map in bincode, as 2019's clients serialised it.
    Bytes finish();
    // A chunk that is ready, or none at the moment; after finish() none means the end. Chunks that are not
    // fetched pile up.
    std::optional<Chunk> next();

  private:
    void take_full_chunks();
    void add(Bytes plain);
    void encrypt(std::uint64_t index, std::uint64_t count, ByteView plain);

    BufferPoolRef pool_;
    std::uint64_t size_ = 0;
    Bytes pending_;
    std::array<Bytes, 2> kept_; // chunks 0 and 1: their keys depend on the last two
    std::vector<ChunkDetails> details_;
    std::deque<Chunk> ready_;
    bool finished_ = false;
};

class Map {
  public:
    // Throws BAD_DATA_MAP.
    static Map parse(ByteView bincode);

    std::uint64_t size() const;
    std::uint64_t chunk_count() const { return chunks_.size(); }
    const Bytes &content() const { return content_; } // of a map without chunks
    const Name &name(std::uint64_t index) const;      // throws INVALID_RANGE
    // Verifies name, authentication tag, size and content hash. Throws CHUNK_CORRUPT, INVALID_RANGE.
    Bytes decrypt(const BufferPoolRef &pool, std::uint64_t index, ByteView stored) const;

  private:
    const ChunkDetails &at(std::uint64_t index) const;

    std::vector<ChunkDetails> chunks_;
    Bytes content_;
};

} // namespace safe::s1
