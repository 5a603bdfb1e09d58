// Chunks: immutable, content-addressed.
#include "vault/vault.hpp"

#include "crypto/hash.hpp"
#include "encoding/text.hpp"

namespace safe {
namespace {

// Below this a hash costs less than the way to a worker and back.
constexpr std::size_t hash_here = 16 * 1024;

} // namespace

Awaitable<bool> Vault::matches(Address address, Blob bytes) {
    if (bytes.size() <= hash_here) co_return crypto::blake3(bytes.view()) == address;
    auto hash = [address, view = bytes.view()] { return crypto::blake3(view) == address; };
    co_return co_await runtime_->on_cpu(std::move(hash));
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

Awaitable<bool> Vault::has_chunk(Address address) {
    const std::string key = chunk_key(address);
    std::optional<Blob> there;
    try {
        there = co_await store_->get(key);
    } catch (const Error &error) {
        if (error.code() != Errc::store_corrupt) throw; // what is damaged is as good as not there
    }
    if (!there) co_return false;
    const bool sound = co_await matches(address, *there);
    if (!sound) co_return false;
    co_return co_await store_->touch(key);
}

Awaitable<Blob> Vault::get_chunk(Address address) {
    const std::string key = chunk_key(address);
    std::optional<Blob> there = co_await store_->get(key);
    if (!there) throw Error(Errc::no_such_data, "no chunk " + to_hex(address) + " in this vault");
    co_return std::move(*there);
}

} // namespace safe
