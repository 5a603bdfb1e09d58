// The random-access reader of format C2: fetches and decrypts only the chunks that a read needs, and verifies each.
#pragma once

#include "base/blob.hpp"
#include "base/runtime.hpp"
#include "encoding/content.hpp"

#include <functional>
#include <memory>

namespace safe {

// Fetches the stored bytes of a chunk, or throws (NO_SUCH_DATA). They need not be verified. At most
// limits::max_stored_chunk bytes, which the decoder has booked in the budget before it asks.
using ChunkSource = std::function<Awaitable<Blob>(Address address, JobRef job)>;

class Decoder {
  public:
    // Follows the map down to the root (recursion capped, cycles and hostile maps refused with BAD_DATA_MAP) and fetches
    // no content.
    static Awaitable<std::shared_ptr<Decoder>> open(RuntimeRef runtime, JobRef job, Content content,
                                                    ChunkSource source);
    virtual ~Decoder() = default;

    virtual std::uint64_t size() const = 0;
    // Fills `out` from `offset`, less at the end of the content; gives the number of bytes. Any number at a time.
    // A sequential reader's next chunk is fetched ahead when budget and workers allow.
    virtual Awaitable<std::size_t> read(JobRef job, std::uint64_t offset, MutableView out) = 0;
    // Every chunk that the content consists of, those of the maps included: what gc must keep.
    virtual std::vector<Address> all_chunks() const = 0;
};

} // namespace safe
