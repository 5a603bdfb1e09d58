// A stream whose bytes go sealed over another one: the records of a secure session (docs/protocol.md, "Secure session").
#pragma once

#include "net/stream.hpp"

#include "base/runtime.hpp"
#include "crypto/secret_stream.hpp"

#include <chrono>
#include <memory>

namespace safe::net {

constexpr std::size_t record_head_size = 4;
constexpr std::size_t max_record_plain = Stream::max_piece - record_head_size - crypto::seal_overhead;

// When keys are changed, and how long the other side has to take a farewell. Others than these are for tests.
struct RecordLimits {
    std::uint64_t records = std::uint64_t{1} << 20;
    std::uint64_t bytes = std::uint64_t{64} << 30;
    std::chrono::milliseconds farewell{1000};
};

// Takes bytes of a stream in the sizes that are wanted. Nothing is kept while nothing is waited for.
class ByteSource {
  public:
    explicit ByteSource(std::shared_ptr<Stream> stream) : stream_(std::move(stream)) {}

    // Bounded by the caller. Throws CONNECTION_FAILED when the stream ends before.
    Awaitable<Bytes> exactly(std::size_t size);
    // The next record, head and all; a view that the next call ends. Throws BAD_MESSAGE for a head that cannot be, and
    // CONNECTION_FAILED.
    Awaitable<ByteView> record();

  private:
    Awaitable<void> more();
    void gather(std::size_t size);

    const std::shared_ptr<Stream> stream_;
    Blob piece_;          // what was received last
    std::size_t at_ = 0;  // and taken of it
    Bytes parts_;         // of a record that came in several pieces
    bool handed_ = false; // the last record was made of them
};

class SealedStream : public Stream, public std::enable_shared_from_this<SealedStream> {
  public:
    SealedStream(RuntimeRef runtime, std::shared_ptr<Stream> stream, std::unique_ptr<crypto::Sealer> sealer,
                 std::unique_ptr<crypto::Opener> opener, ByteSource source, RecordLimits limits)
        : runtime_(std::move(runtime)), stream_(std::move(stream)), sealer_(std::move(sealer)),
          opener_(std::move(opener)), source_(std::move(source)), limits_(limits) {}

    Awaitable<void> send(Blob bytes) override { return send(shared_from_this(), std::move(bytes)); }
    Awaitable<Blob> receive() override { return receive(shared_from_this()); }
    // Says farewell first, behind what is being sent.
    void close() override;
    std::size_t best_piece() const override { return max_record_plain; }

  private:
    static Awaitable<void> send(std::shared_ptr<SealedStream> self, Blob bytes);
    static Awaitable<Blob> receive(std::shared_ptr<SealedStream> self);
    static Awaitable<void> farewell(std::shared_ptr<SealedStream> self);
    crypto::SealTag next_tag(std::size_t size);
    [[noreturn]] void fail(const Error &error);

    const RuntimeRef runtime_;
    const std::shared_ptr<Stream> stream_;
    const std::unique_ptr<crypto::Sealer> sealer_;
    const std::unique_ptr<crypto::Opener> opener_;
    ByteSource source_;
    const RecordLimits limits_;
    std::uint64_t records_ = 0, bytes_ = 0; // since the keys were changed
    bool sending_ = false, broken_ = false, closed_ = false;
    std::shared_ptr<Gate> sent_; // for the farewell: opened when nothing is being sent any more
    bool ended_ = false;         // the other side has said farewell
};

// Head and sealed bytes of one record.
Blob sealed_record(crypto::Sealer &sealer, ByteView plain, crypto::SealTag tag);
// How many sealed bytes follow a record's head; nothing if it is none.
std::optional<std::size_t> sealed_size(ByteView head);

} // namespace safe::net
