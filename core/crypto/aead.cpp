#include "crypto/aead.hpp"

#include "base/error.hpp"
#include "crypto/sodium.hpp"

#include <sodium.h>

#include <string>

namespace safe::crypto {
namespace {

static_assert(chacha_key_size == crypto_aead_chacha20poly1305_ietf_KEYBYTES);
static_assert(chacha_nonce_size == crypto_aead_chacha20poly1305_ietf_NPUBBYTES);
static_assert(tag_size == crypto_aead_chacha20poly1305_ietf_ABYTES);
static_assert(secretbox_key_size == crypto_secretbox_KEYBYTES);
static_assert(secretbox_nonce_size == crypto_secretbox_NONCEBYTES);
static_assert(tag_size == crypto_secretbox_MACBYTES);

void need_size(const char *what, ByteView bytes, std::size_t size) {
    if (bytes.size() != size)
        throw Error(Errc::bad_key, std::string(what) + " has " + std::to_string(bytes.size()) +
                                       " bytes, but the cipher takes " + std::to_string(size));
}

} // namespace

void chacha_seal(MutableView buffer, ByteView key, ByteView nonce) {
    need_size("a ChaCha20-Poly1305 key", key, chacha_key_size);
    need_size("a ChaCha20-Poly1305 nonce", nonce, chacha_nonce_size);
    if (buffer.size() < tag_size)
        throw Error(Errc::invalid_argument, "a buffer to seal has no room for the tag of 16 bytes");
    need_sodium();
    const std::size_t plain = buffer.size() - tag_size;
    crypto_aead_chacha20poly1305_ietf_encrypt_detached(buffer.data(), buffer.data() + plain, nullptr, buffer.data(),
                                                       plain, nullptr, 0, nullptr, nonce.data(), key.data());
}

bool chacha_open(MutableView buffer, ByteView key, ByteView nonce) {
    need_size("a ChaCha20-Poly1305 key", key, chacha_key_size);
    need_size("a ChaCha20-Poly1305 nonce", nonce, chacha_nonce_size);
    if (buffer.size() < tag_size) return false;
    need_sodium();
    const std::size_t plain = buffer.size() - tag_size;
    return crypto_aead_chacha20poly1305_ietf_decrypt_detached(buffer.data(), nullptr, buffer.data(), plain,
                                                              buffer.data() + plain, nullptr, 0, nonce.data(),
                                                              key.data()) == 0;
}

Bytes secretbox_seal(ByteView plain, ByteView key, ByteView nonce) {
    need_size("a secretbox key", key, secretbox_key_size);
    need_size("a secretbox nonce", nonce, secretbox_nonce_size);
    need_sodium();
    Bytes box(plain.size() + tag_size);
    crypto_secretbox_easy(box.data(), plain.data(), plain.size(), nonce.data(), key.data());
    return box;
}

bool secretbox_open(ByteView box, ByteView key, ByteView nonce, Bytes &plain) {
    need_size("a secretbox key", key, secretbox_key_size);
    need_size("a secretbox nonce", nonce, secretbox_nonce_size);
    if (box.size() < tag_size) return false;
    need_sodium();
    Bytes opened(box.size() - tag_size);
    if (crypto_secretbox_open_easy(opened.data(), box.data(), box.size(), nonce.data(), key.data()) != 0) return false;
    plain = std::move(opened);
    return true;
}

} // namespace safe::crypto
