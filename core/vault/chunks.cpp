// Chunks: immutable, content-addressed.
#include "vault/vault.hpp"

#include "encoding/text.hpp"
#include "net/payload_hash.hpp"

namespace safe {
Awaitable<bool> Vault::matches(Address address, Blob bytes) {
    const Bytes32 hash = co_await net::payload_hash(runtime_, std::move(bytes));
    co_return hash == address;
}

Awaitable<bool> Vault::put_chunk(Address address, Blob bytes) {
    if (bytes.size() == 0 || bytes.size() > limits::max_stored_chunk)
        throw Error(Errc::data_too_large,
                    "a chunk has 1 to " + std::to_string(limits::max_stored_chunk) + " bytes, not " +
                        std::to_string(bytes.size()),
                    {{"limit", limits::max_stored_chunk}});
    const bool sound = co_await matches(address, bytes);
    if (!sound)
        throw Error(Errc::vault_refused, "chunk " + to_hex(address) + " refused: its bytes have another BLAKE3 hash");
    const std::string key = chunk_key(address);
    const bool created = co_await store_->create(key, bytes);
    if (created) co_return true;
    const bool there = co_await has_chunk(address);
    if (there) co_return false;
    co_await store_->replace(key, bytes);
    co_return true;
}

Awaitable<bool> Vault::has_chunk(Address address, bool use) {
    const std::string key = chunk_key(address);
    std::optional<Blob> there;
    try {
        there = co_await store_->get(key);
    } catch (const Error &error) {
        if (error.code() != Errc::store_corrupt) throw; // what is damaged is as good as not there
    }
    if (!there) co_return false;
    const bool sound = co_await matches(address, *there);
    if (!sound || !use) co_return sound;
    co_return co_await store_->touch(key);
}

Awaitable<Blob> Vault::get_chunk(Address address) {
    const std::string key = chunk_key(address);
    std::optional<Blob> there = co_await store_->get(key);
    if (!there) throw Error(Errc::no_such_data, "no chunk " + to_hex(address) + " in this vault");
    co_return std::move(*there);
}

} // namespace safe
