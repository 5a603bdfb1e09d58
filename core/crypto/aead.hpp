// Authenticated encryption as the chunk formats use it.
#pragma once

#include "base/bytes.hpp"

#include <cstddef>

namespace safe::crypto {

constexpr std::size_t chacha_key_size = 32, chacha_nonce_size = 12, tag_size = 16;

// ChaCha20-Poly1305 (RFC 8439), no additional data, in place: `buffer` holds the plaintext followed by room for the tag.
void chacha_seal(MutableView buffer, ByteView key, ByteView nonce);
// In place: the plaintext is then the first size - 16 bytes. False if the tag does not match.
[[nodiscard]] bool chacha_open(MutableView buffer, ByteView key, ByteView nonce);

constexpr std::size_t secretbox_key_size = 32, secretbox_nonce_size = 24;

// XSalsa20-Poly1305 (NaCl secretbox), tag first (format S1).
Bytes secretbox_seal(ByteView plain, ByteView key, ByteView nonce);
// False if the tag does not match.
[[nodiscard]] bool secretbox_open(ByteView box, ByteView key, ByteView nonce, Bytes &plain);

} // namespace safe::crypto
