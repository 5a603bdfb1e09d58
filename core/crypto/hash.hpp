// The hashes that formats are built on.
#pragma once

#include "base/bytes.hpp"

#include <cstddef>
#include <memory>
#include <string_view>

namespace safe::crypto {

// BLAKE3-256, unkeyed: content addresses and source hashes (reference/self_encryption.md B.1).
Bytes32 blake3(ByteView data);

// The same over bytes that come in parts.
class Blake3 {
  public:
    Blake3();
    ~Blake3();
    Blake3(Blake3 &&) noexcept;
    Blake3 &operator=(Blake3 &&) noexcept;
    void update(ByteView data);
    Bytes32 digest() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

// BLAKE3 in its key derivation mode: fills `out` (any length) from the context string and the key material.
void blake3_derive(std::string_view context, ByteView material, MutableView out);

// SHA3-256 (FIPS 202): chunk names of the 2018 format.
Bytes32 sha3_256(ByteView data);

} // namespace safe::crypto
