// A sequence of sealed messages (libsodium's secretstream, XChaCha20-Poly1305): none can be altered, left out, doubled or
// moved unseen.
#pragma once

#include "base/bytes.hpp"
#include "base/ports.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace safe::crypto {

constexpr std::size_t seal_overhead = 17;
using SealHeader = std::array<Byte, 24>; // public; chosen by who seals, at random

enum class SealTag : std::uint8_t { message = 0, rekey = 2, final = 3 }; // libsodium's

class SecretStream {
  public:
    SecretStream(ByteView key, const SealHeader &header); // key: 32 bytes
    ~SecretStream();
    SecretStream(const SecretStream &) = delete;
    SecretStream &operator=(const SecretStream &) = delete;

  protected:
    alignas(16) std::array<Byte, 64> state_{}; // libsodium's has 52 bytes
};

class Sealer : public SecretStream {
  public:
    using SecretStream::SecretStream;
    // out: plain.size() + seal_overhead bytes, elsewhere.
    void seal(ByteView plain, SealTag tag, MutableView out);
};

class Opener : public SecretStream {
  public:
    using SecretStream::SecretStream;
    // out: sealed.size() - seal_overhead bytes, elsewhere. None if it is not the next message of the sequence.
    [[nodiscard]] std::optional<SealTag> open(ByteView sealed, MutableView out);
};

} // namespace safe::crypto
