// Ed25519 signatures (RFC 8032) with keys that live in guarded, wiped memory and never print.
#pragma once

#include "base/bytes.hpp"
#include "base/ports.hpp"

#include <array>
#include <memory>

namespace safe::crypto {

using PublicKey = Bytes32;
using Signature = std::array<Byte, 64>;

class SigningKey {
  public:
    static SigningKey generate(Random &random);
    static SigningKey from_seed(ByteView seed); // 32 bytes, else BAD_KEY

    const PublicKey &public_key() const { return public_; }
    Signature sign(ByteView message) const;
    // Writes the 32 bytes of the seed.
    void export_seed(MutableView out) const;

  private:
    SigningKey() = default;
    PublicKey public_{};
    std::shared_ptr<const Byte> secret_; // 64 bytes of guarded memory
};

[[nodiscard]] bool verify(const PublicKey &key, ByteView message, const Signature &signature);

// Random bytes from libsodium (the platform's CSPRNG).
class SodiumRandom : public Random {
  public:
    void fill(MutableView out) override;
};

} // namespace safe::crypto
