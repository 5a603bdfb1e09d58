// The part of the encoder that works on whole chunks: hash, encrypt, hand to the sink in canonical order.
#pragma once

#include "selfencrypt/chunk.hpp"
#include "selfencrypt/encoder.hpp"
#include "selfencrypt/signal.hpp"

#include <array>
#include <atomic>
#include <exception>
#include <memory>
#include <optional>

namespace safe {

// A chunk in plain, in a chunk_buffer, and the booking that pays for it.
struct Piece {
    std::uint64_t index = 0;
    Buffer plain;
    Share share;
};

// Loop thread only. Each chunk is a coroutine of its own, which keeps the pipeline alive.
class Pipeline : public std::enable_shared_from_this<Pipeline> {
  public:
    Pipeline(RuntimeRef runtime, JobRef job, ChunkSink sink);

    // What becomes of a chunk when its hash is known.
    enum class Then {
        encode,
        keep,   // until encode_kept(): chunks 0 and 1, whose keys depend on the last two
        forget, // the same, when they come once more
    };
    void add(Piece piece, Then then);
    // No more chunks than these follow; indices are below it.
    void set_count(std::uint64_t count);
    void encode_kept();
    // A chunk of a shrunk map: its keys are given, and its place among all that is emitted.
    void add_map_chunk(Piece piece, ChunkKeys keys, std::uint64_t order);

    // Chunks under way.
    unsigned running() const { return running_; }
    // Waits until none is.
    Awaitable<void> idle();
    // The same; throws what ended the work.
    Awaitable<void> drain();
    // Throws what ended the work, if anything has.
    void check() const;
    // Ends the work: what is not under way never will be. The first failure stands.
    void fail(std::exception_ptr error);

    const std::vector<ChunkInfo> &infos() const { return infos_; }
    const std::vector<StoredChunk> &emitted() const { return emitted_; }

  private:
    using Self = std::shared_ptr<Pipeline>;
    static Awaitable<void> run(Self self, Piece piece, Then then);
    static Awaitable<void> run_kept(Self self, std::uint64_t index);
    static Awaitable<void> encode(Self self, Piece piece);
    static Awaitable<void> emit(Self self, Piece piece, ChunkKeys keys, std::uint64_t order);

    void spawn(Awaitable<void> task);
    void set_hash(const Piece &piece, const Bytes32 &hash);
    bool keys_known(std::uint64_t index) const;
    bool hashed(std::uint64_t index) const { return index < infos_.size() && infos_[index].size != 0; }

    RuntimeRef runtime_;
    JobRef job_;
    ChunkSink sink_;
    Signal changed_;
    Cancel::Hook on_cancel_;
    std::shared_ptr<void> on_pressure_;
    std::shared_ptr<std::atomic<bool>> stop_ = std::make_shared<std::atomic<bool>>(false); // for jobs not yet begun
    std::exception_ptr error_;
    unsigned running_ = 0;

    std::vector<ChunkInfo> infos_; // size 0: not hashed yet
    std::optional<std::uint64_t> count_;
    std::array<Piece, 2> kept_;
    std::uint64_t next_ = 0; // order of the next chunk to emit
    std::vector<StoredChunk> emitted_;
};

} // namespace safe
