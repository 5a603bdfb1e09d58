// What a payload's address has to be, for the loop, which has more to do than to hash large ones.
#pragma once

#include "base/blob.hpp"
#include "base/runtime.hpp"

namespace safe::net {

// BLAKE3-256; of large ones by a worker.
Awaitable<Bytes32> payload_hash(RuntimeRef runtime, Blob payload);

} // namespace safe::net
