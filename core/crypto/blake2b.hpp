// BLAKE2b (RFC 7693), with or without a key, over bytes that come in parts: transcripts and keys of secure sessions.
#pragma once

#include "base/bytes.hpp"

#include <array>
#include <cstddef>

namespace safe::crypto {

class Blake2b {
  public:
    // size: of the digest, 16 to 64 bytes. key: none, or 16 to 64 bytes.
    explicit Blake2b(std::size_t size, ByteView key = {});
    ~Blake2b();
    Blake2b(const Blake2b &) = delete;
    Blake2b &operator=(const Blake2b &) = delete;
    Blake2b &update(ByteView data);
    // Once. `out` has the digest's size.
    void digest(MutableView out);

  private:
    alignas(64) std::array<Byte, 384> state_; // libsodium's
};

} // namespace safe::crypto
