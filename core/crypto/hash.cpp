#include "crypto/hash.hpp"

#include <blake3.h>

#include <array>

namespace safe::crypto {

static_assert(BLAKE3_OUT_LEN == std::tuple_size_v<Bytes32>);

struct Blake3::State {
    blake3_hasher hasher;
};

Blake3::Blake3() : state_(std::make_unique<State>()) { blake3_hasher_init(&state_->hasher); }

Blake3::~Blake3() = default;
Blake3::Blake3(Blake3 &&) noexcept = default;
Blake3 &Blake3::operator=(Blake3 &&) noexcept = default;

void Blake3::update(ByteView data) { blake3_hasher_update(&state_->hasher, data.data(), data.size()); }

Bytes32 Blake3::digest() const {
    Bytes32 out;
    blake3_hasher_finalize(&state_->hasher, out.data(), out.size());
    return out;
}

Bytes32 blake3(ByteView data) {
    blake3_hasher hasher;
    blake3_hasher_init(&hasher);
    blake3_hasher_update(&hasher, data.data(), data.size());
    Bytes32 out;
    blake3_hasher_finalize(&hasher, out.data(), out.size());
    return out;
}

void blake3_derive(std::string_view context, ByteView material, MutableView out) {
    blake3_hasher hasher;
    blake3_hasher_init_derive_key_raw(&hasher, context.data(), context.size());
    blake3_hasher_update(&hasher, material.data(), material.size());
    blake3_hasher_finalize(&hasher, out.data(), out.size());
}

} // namespace safe::crypto
