// X25519: two sides that have seen each other's public keys have keys that nobody else has (libsodium's crypto_kx).
#pragma once

#include "base/ports.hpp"
#include "crypto/secret.hpp"

namespace safe::crypto {

// One session's. Wiped when it goes.
class ExchangeKey {
  public:
    explicit ExchangeKey(Random &random);
    const Bytes32 &public_key() const { return public_; }

    // The keys of both directions. False if the other side's public key is one that makes them predictable.
    [[nodiscard]] bool as_client(const Bytes32 &server, Secret &to_server, Secret &to_client) const;
    [[nodiscard]] bool as_server(const Bytes32 &client, Secret &to_server, Secret &to_client) const;

  private:
    Secret secret_;
    Bytes32 public_{};
};

} // namespace safe::crypto
