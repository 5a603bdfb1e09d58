// The streaming writer of format C2: plain bytes in, encrypted chunks out as soon as their keys are known.
#pragma once

#include "base/blob.hpp"
#include "base/runtime.hpp"
#include "encoding/content.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace safe {

struct StoredChunk {
    Address address;
    std::uint64_t size;
};

// Takes one encrypted chunk. Started in the canonical order (2, 3, ... n-1, 0, 1, then the chunks of the shrunk map),
// whatever the number of workers; a few may be in progress at once. What it throws ends the encoding with that error.
using ChunkSink = std::function<Awaitable<void>(Address address, Blob bytes)>;

class Encoder {
  public:
    struct Options {
        std::optional<std::uint64_t> size; // the number of bytes that will come, if known
        bool replay = false;               // known size only: the first replay_size() bytes come once more at the end
    };

    // Throws TOO_LARGE for an announced size above limits::max_file.
    Encoder(RuntimeRef runtime, JobRef job, Options options, ChunkSink sink);
    ~Encoder(); // abandons what is under way; safe at any moment on the loop thread
    Encoder(const Encoder &) = delete;
    Encoder &operator=(const Encoder &) = delete;

    std::uint64_t replay_size() const;

    // Returns when more can be taken; `data` must live until then. One call at a time. Progress is counted in job.
    Awaitable<void> write(ByteView data);

    // Ends the content and waits for every sink. The root map (shrunk), or inline bytes below limits::min_encryptable.
    Awaitable<Content> finish();

    // In canonical order; complete after finish().
    const std::vector<StoredChunk> &chunks() const;

  private:
    struct State;
    std::shared_ptr<State> state_;
};

} // namespace safe
