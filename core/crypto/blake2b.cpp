#include "crypto/blake2b.hpp"

#include "base/error.hpp"
#include "crypto/sodium.hpp"

#include <sodium.h>

namespace safe::crypto {
namespace {

static_assert(sizeof(crypto_generichash_state) == 384 && alignof(crypto_generichash_state) <= 64);

crypto_generichash_state *state_of(Byte *bytes) { return reinterpret_cast<crypto_generichash_state *>(bytes); }

} // namespace

Blake2b::Blake2b(std::size_t size, ByteView key) {
    need_sodium();
    if (crypto_generichash_init(state_of(state_.data()), key.data(), key.size(), size) != 0)
        throw Error(Errc::invalid_argument, "BLAKE2b has no digest or key of that size");
}

Blake2b::~Blake2b() { sodium_memzero(state_.data(), state_.size()); }

Blake2b &Blake2b::update(ByteView data) {
    crypto_generichash_update(state_of(state_.data()), data.data(), data.size());
    return *this;
}

void Blake2b::digest(MutableView out) {
    if (crypto_generichash_final(state_of(state_.data()), out.data(), out.size()) != 0)
        throw Error(Errc::invalid_argument, "BLAKE2b has no digest of that size");
}

} // namespace safe::crypto
