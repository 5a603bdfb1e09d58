#include "encoding/vault_key.hpp"

#include "base/error.hpp"
#include "crypto/hash.hpp"
#include "encoding/text.hpp"

#include <algorithm>

namespace safe {
namespace {

constexpr std::string_view checksum_domain = "safe-vault-key-1";
constexpr Byte key_version = 1;
constexpr std::size_t checksum_size = 2; // 1 + 32 + 2 bytes are 56 digits of five bits, with nothing left over
constexpr std::size_t text_size = 56;

[[noreturn]] void refuse(const std::string &problem) {
    throw Error(Errc::bad_url, "the vault key (what stands after #) " + problem +
                                   "; copy it again from what the vault printed when it started");
}

Bytes body_of(const crypto::PublicKey &key) {
    Bytes body{key_version};
    body.insert(body.end(), key.begin(), key.end());
    crypto::Blake3 hash;
    hash.update(view_of(checksum_domain));
    hash.update(body);
    const Bytes32 digest = hash.digest();
    body.insert(body.end(), digest.begin(), digest.begin() + checksum_size);
    return body;
}

} // namespace

std::string vault_key_text(const crypto::PublicKey &key) { return to_zbase32(body_of(key)); }

crypto::PublicKey parse_vault_key(std::string_view text) {
    if (text.empty()) refuse("is missing");
    if (text.size() != text_size)
        refuse("has " + std::to_string(text.size()) + " characters, not " + std::to_string(text_size));
    const std::optional<Bytes> body = from_zbase32(text);
    if (!body) refuse("has a character that no vault key has");
    if ((*body)[0] != key_version)
        refuse("is of version " + std::to_string((*body)[0]) + ", which this library does not know");
    crypto::PublicKey key;
    std::copy_n(body->begin() + 1, key.size(), key.begin());
    if (body_of(key) != *body) refuse("has a mistake in it: its checksum does not fit");
    return key;
}

} // namespace safe
