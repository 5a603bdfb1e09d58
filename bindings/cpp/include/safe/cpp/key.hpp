// Keys that sign (Ed25519).
#pragma once

#include "safe/cpp/bytes.hpp"
#include "safe/key.h"

namespace safe {
inline namespace v1 {

using PublicKey = std::array<std::uint8_t, 32>;
using Seed = std::array<std::uint8_t, 32>;
using Signature = std::array<std::uint8_t, 64>;

// The secret stays in guarded memory of the library and is wiped with the key.
class Key {
  public:
    Key() noexcept = default;
    explicit Key(safe_key *raw) noexcept : handle_(raw) {}

    static Key generate() {
        Key key;
        call(safe_key_generate, key.handle_.out());
        return key;
    }

    // From what export_seed() gave.
    static Key import_seed(const Seed &seed) {
        Key key;
        call(safe_key_import, seed.data(), key.handle_.out());
        return key;
    }

    // Whoever has it can sign. The caller wipes it.
    Seed export_seed() const {
        Seed seed{};
        call(safe_key_export, get(), seed.data());
        return seed;
    }

    PublicKey public_key() const {
        PublicKey key{};
        call(safe_key_public, get(), key.data());
        return key;
    }

    Signature sign(View data) const {
        Signature signature{};
        call(safe_key_sign, get(), data.data(), data.size(), signature.data());
        return signature;
    }

    // Whether the holder of the key made the signature over the bytes.
    static bool verify(const PublicKey &key, View data, const Signature &signature) {
        safe_error *error = nullptr;
        const safe_status status = safe_key_verify(key.data(), data.data(), data.size(), signature.data(), &error);
        if (status != SAFE_OK && status != SAFE_BAD_SIGNATURE) throw Error(status, error);
        safe_error_free(error);
        return status == SAFE_OK;
    }

    // For the C interface.
    safe_key *get() const noexcept { return handle_.get(); }

  private:
    Handle<safe_key, safe_key_free> handle_;
};

} // namespace v1
} // namespace safe
