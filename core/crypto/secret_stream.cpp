#include "crypto/secret_stream.hpp"

#include "base/error.hpp"
#include "crypto/sodium.hpp"

#include <sodium.h>

namespace safe::crypto {
namespace {

using State = crypto_secretstream_xchacha20poly1305_state;

static_assert(sizeof(State) <= 64 && alignof(State) <= 16);
static_assert(seal_overhead == crypto_secretstream_xchacha20poly1305_ABYTES);
static_assert(std::tuple_size_v<SealHeader> == crypto_secretstream_xchacha20poly1305_HEADERBYTES);
static_assert(static_cast<int>(SealTag::message) == crypto_secretstream_xchacha20poly1305_TAG_MESSAGE);
static_assert(static_cast<int>(SealTag::rekey) == crypto_secretstream_xchacha20poly1305_TAG_REKEY);
static_assert(static_cast<int>(SealTag::final) ==
              (crypto_secretstream_xchacha20poly1305_TAG_PUSH | crypto_secretstream_xchacha20poly1305_TAG_REKEY));

State *state_of(std::array<Byte, 64> &bytes) { return reinterpret_cast<State *>(bytes.data()); }

} // namespace

// libsodium's init_push draws a header and then does the same; here the header comes from the port of randomness.
SecretStream::SecretStream(ByteView key, const SealHeader &header) {
    if (key.size() != crypto_secretstream_xchacha20poly1305_KEYBYTES)
        throw Error(Errc::bad_key, "the key of sealed messages has 32 bytes");
    need_sodium();
    crypto_secretstream_xchacha20poly1305_init_pull(state_of(state_), header.data(), key.data());
}

SecretStream::~SecretStream() { sodium_memzero(state_.data(), state_.size()); }

void Sealer::seal(ByteView plain, SealTag tag, MutableView out) {
    if (out.size() != plain.size() + seal_overhead)
        throw Error(Errc::invalid_argument, "a sealed message has 17 bytes more than the plain one");
    crypto_secretstream_xchacha20poly1305_push(state_of(state_), out.data(), nullptr, plain.data(), plain.size(),
                                               nullptr, 0, static_cast<unsigned char>(tag));
}

std::optional<SealTag> Opener::open(ByteView sealed, MutableView out) {
    if (sealed.size() < seal_overhead || out.size() != sealed.size() - seal_overhead) return std::nullopt;
    unsigned char tag = 0;
    if (crypto_secretstream_xchacha20poly1305_pull(state_of(state_), out.data(), nullptr, &tag, sealed.data(),
                                                   sealed.size(), nullptr, 0) != 0)
        return std::nullopt;
    switch (static_cast<SealTag>(tag)) {
    case SealTag::message:
    case SealTag::rekey:
    case SealTag::final: return static_cast<SealTag>(tag);
    }
    return std::nullopt;
}

} // namespace safe::crypto
