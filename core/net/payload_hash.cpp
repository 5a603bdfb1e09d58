#include "net/payload_hash.hpp"

#include "crypto/hash.hpp"

namespace safe::net {
namespace {

constexpr std::size_t hash_here = 16 * 1024; // below, a hash costs less than the way to a worker and back

} // namespace

Awaitable<Bytes32> payload_hash(RuntimeRef runtime, Blob payload) {
    if (payload.size() <= hash_here) co_return crypto::blake3(payload.view());
    auto hash = [view = payload.view()] { return crypto::blake3(view); };
    co_return co_await runtime->on_cpu(std::move(hash));
}

} // namespace safe::net
