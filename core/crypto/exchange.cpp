#include "crypto/exchange.hpp"

#include "crypto/sodium.hpp"

#include <sodium.h>

namespace safe::crypto {

static_assert(crypto_kx_SECRETKEYBYTES == 32 && crypto_kx_PUBLICKEYBYTES == 32 && crypto_kx_SESSIONKEYBYTES == 32);

Secret::~Secret() { sodium_memzero(bytes_.data(), bytes_.size()); }

ExchangeKey::ExchangeKey(Random &random) {
    need_sodium();
    random.fill(secret_.room());
    crypto_scalarmult_base(public_.data(), secret_.view().data());
}

// Both fail if the shared secret is zero, which is so for the other side's keys of small order.
bool ExchangeKey::as_client(const Bytes32 &server, Secret &to_server, Secret &to_client) const {
    return crypto_kx_client_session_keys(to_client.room().data(), to_server.room().data(), public_.data(),
                                         secret_.view().data(), server.data()) == 0;
}

bool ExchangeKey::as_server(const Bytes32 &client, Secret &to_server, Secret &to_client) const {
    return crypto_kx_server_session_keys(to_server.room().data(), to_client.room().data(), public_.data(),
                                         secret_.view().data(), client.data()) == 0;
}

} // namespace safe::crypto
