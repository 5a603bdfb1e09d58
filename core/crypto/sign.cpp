#include "crypto/sign.hpp"

#include "base/error.hpp"
#include "crypto/sodium.hpp"

#include <sodium.h>

#include <algorithm>
#include <new>
#include <string>

namespace safe::crypto {
namespace {

static_assert(std::tuple_size_v<PublicKey> == crypto_sign_PUBLICKEYBYTES);
static_assert(std::tuple_size_v<Signature> == crypto_sign_BYTES);

constexpr std::size_t seed_size = crypto_sign_SEEDBYTES;

// Memory between guard pages, kept out of swap and core dumps where the system allows it, wiped when freed.
std::shared_ptr<Byte> guarded(std::size_t size) {
    need_sodium();
    auto *memory = static_cast<Byte *>(sodium_malloc(size));
    if (memory == nullptr) throw std::bad_alloc();
    return {memory, [](Byte *held) { sodium_free(held); }};
}

} // namespace

SigningKey SigningKey::generate(Random &random) {
    const std::shared_ptr<Byte> seed = guarded(seed_size);
    random.fill({seed.get(), seed_size});
    return from_seed({seed.get(), seed_size});
}

SigningKey SigningKey::from_seed(ByteView seed) {
    if (seed.size() != seed_size)
        throw Error(Errc::bad_key,
                    "a signing key's seed has 32 bytes, but " + std::to_string(seed.size()) + " were given");
    const std::shared_ptr<Byte> secret = guarded(crypto_sign_SECRETKEYBYTES);
    SigningKey key;
    crypto_sign_seed_keypair(key.public_.data(), secret.get(), seed.data());
    sodium_mprotect_readonly(secret.get());
    key.secret_ = secret;
    return key;
}

Signature SigningKey::sign(ByteView message) const {
    Signature signature;
    crypto_sign_detached(signature.data(), nullptr, message.data(), message.size(), secret_.get());
    return signature;
}

void SigningKey::export_seed(MutableView out) const {
    if (out.size() != seed_size) throw Error(Errc::invalid_argument, "a signing key's seed needs room for 32 bytes");
    // libsodium's secret key is the seed followed by the public key.
    std::copy_n(secret_.get(), seed_size, out.data());
}

bool verify(const PublicKey &key, ByteView message, const Signature &signature) {
    need_sodium();
    return crypto_sign_verify_detached(signature.data(), message.data(), message.size(), key.data()) == 0;
}

void SodiumRandom::fill(MutableView out) {
    if (out.empty()) return; // libsodium's pointer must not be null
    need_sodium();
    randombytes_buf(out.data(), out.size());
}

} // namespace safe::crypto
