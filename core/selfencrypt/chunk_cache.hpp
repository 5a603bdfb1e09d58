// The plain chunks of one content that a reader is at: fetched, decrypted, held while being consumed, given
// up when others wait for memory.
#pragma once

#include "selfencrypt/chunk.hpp"
#include "selfencrypt/decoder.hpp"
#include "selfencrypt/signal.hpp"

#include <chrono>
#include <exception>
#include <map>
#include <memory>
#include <vector>

namespace safe {

// Loop thread only. Loads are coroutines of their own, which keep the cache alive and serve all readers that
// wait.
class ChunkCache : public std::enable_shared_from_this<ChunkCache> {
  public:
    // `level`: at which the map's chunks are encrypted.
    static std::shared_ptr<ChunkCache> make(RuntimeRef runtime, DataMap map, std::uint64_t level, ChunkSource source);

    static Awaitable<std::size_t> read(std::shared_ptr<ChunkCache> self, JobRef job, std::uint64_t offset,
                                       MutableView out);

    // Ends loads and gives up everything; reads under way throw CANCELLED.
    void close();

    const DataMap &map() const { return map_; }
    std::uint64_t size() const { return ends_.back(); }

  private:
    using Clock = std::chrono::steady_clock;
    using Self = std::shared_ptr<ChunkCache>;
    struct Slot {
        JobRef job = std::make_shared<Job>(); // of the load
        Buffer plain;
        Share share;
        std::exception_ptr error;
        bool ready = false;
        bool ahead = false;   // nobody has asked for it yet
        unsigned readers = 0; // waiting for it
        Clock::time_point loaded, touched;
    };
    using SlotRef = std::shared_ptr<Slot>;
    class Reader;

    ChunkCache(RuntimeRef runtime, DataMap map, std::uint64_t level, ChunkSource source);
    static Awaitable<SlotRef> need(Self self, JobRef job, std::uint64_t index, std::uint64_t wanted);
    static Awaitable<void> load(Self self, SlotRef slot, std::uint64_t index, Share share);

    std::uint64_t start_of(std::uint64_t index) const { return index == 0 ? 0 : ends_[index - 1]; }
    std::uint64_t booking(std::uint64_t index) const { return limits::chunk_memory + map_.chunks[index].size; }
    std::uint64_t chunk_at(std::uint64_t offset) const;
    std::uint64_t ahead() const { return runtime_->workers() + 1; } // one on its way while the workers decrypt
    SlotRef slot_for(std::uint64_t index);
    SlotRef begin_load(std::uint64_t index, Share share);
    void leave(const SlotRef &slot, std::uint64_t index);
    void fetch_ahead(std::uint64_t index, std::uint64_t wanted);
    void forget_ahead(std::uint64_t index);
    void give_up_idle(std::size_t most);
    void relieve();

    RuntimeRef runtime_;
    const DataMap map_;
    const std::uint64_t level_;
    ChunkSource source_;
    std::vector<std::uint64_t> ends_; // of the chunks in the content
    std::map<std::uint64_t, SlotRef> slots_;
    std::uint64_t expected_ = 0; // where a sequential reader goes on
    Signal changed_;
    std::shared_ptr<void> on_pressure_;
    bool closed_ = false;
};

} // namespace safe
