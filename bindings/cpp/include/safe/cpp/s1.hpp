// The chunk format of 2018 ("S1"). Its chunks are kept and found by the caller, under their names.
#pragma once

#include "safe/cpp/bytes.hpp"
#include "safe/s1.h"

#include <optional>

namespace safe {
inline namespace v1 {

struct S1Chunk {
    Address name{};
    Bytes data;
};

class S1Encoder {
  public:
    S1Encoder() { call(safe_s1_encoder_create, handle_.out()); }

    // Appends content, of at most 1 GiB in all.
    void write(View data) { call(safe_s1_encoder_write, handle_.get(), data.data(), data.size()); }

    // No more content follows. Gives the data map.
    Bytes finish() {
        safe_bytes *raw = nullptr;
        call(safe_s1_encoder_finish, handle_.get(), &raw);
        return Bytes(raw);
    }

    // The next chunk that is ready, if there is one at the moment.
    std::optional<S1Chunk> next() {
        S1Chunk chunk;
        safe_bytes *raw = nullptr;
        call(safe_s1_encoder_next, handle_.get(), chunk.name.data(), &raw);
        if (!raw) return std::nullopt;
        chunk.data = Bytes(raw);
        return chunk;
    }

  private:
    Handle<safe_s1_encoder, safe_s1_encoder_free> handle_;
};

class S1Map {
  public:
    explicit S1Map(View datamap) { call(safe_s1_map_parse, datamap.data(), datamap.size(), handle_.out()); }

    // Bytes of content.
    std::uint64_t size() const noexcept { return safe_s1_map_size(handle_.get()); }

    // 0 for small content, which the map holds itself.
    std::uint64_t chunk_count() const noexcept { return safe_s1_map_chunk_count(handle_.get()); }

    Bytes content() const {
        safe_bytes *raw = nullptr;
        call(safe_s1_map_content, handle_.get(), &raw);
        return Bytes(raw);
    }

    Address chunk_name(std::uint64_t index) const {
        Address name{};
        call(safe_s1_map_chunk_name, handle_.get(), index, name.data());
        return name;
    }

    // The content of one chunk from its stored bytes.
    Bytes decrypt(std::uint64_t index, View chunk) const {
        safe_bytes *raw = nullptr;
        call(safe_s1_map_decrypt, handle_.get(), index, chunk.data(), chunk.size(), &raw);
        return Bytes(raw);
    }

  private:
    Handle<safe_s1_map, safe_s1_map_free> handle_;
};

} // namespace v1
} // namespace safe
