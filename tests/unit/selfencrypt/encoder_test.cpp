// The streaming writer: the same chunks in the same order however the content comes, and clean ends of every
// kind.
#include "support.hpp"

#include "selfencrypt/chunk.hpp"

#include <algorithm>

namespace safe {
namespace {

using namespace test;

// The format by the book, one chunk after the other, without any of the encoder's machinery.
struct ByTheBook {
    DataMap map;
    std::vector<Address> order;

    explicit ByTheBook(ByteView data) {
        const auto pool = std::make_shared<BufferPool>(64 * limits::MiB);
        map = encrypt_all(pool, data, 0);
        for (std::uint64_t i = 2; i < map.chunks.size(); ++i) order.push_back(map.chunks[i].address);
        for (std::uint64_t i = 0; i < 2; ++i) order.push_back(map.chunks[i].address);
        if (map.chunks.size() == 3) return;
        DataMap root = encrypt_all(pool, to_bincode(map), 1);
        root.child = 1;
        for (const ChunkInfo &chunk : root.chunks) order.push_back(chunk.address);
        map = root;
    }

  private:
    static DataMap encrypt_all(const BufferPoolRef &pool, ByteView data, std::uint64_t level) {
        const Layout layout = layout_of(data.size());
        const auto part = [&](std::uint64_t i) { return data.subspan(layout.start_of(i), layout.size_of(i)); };
        DataMap made;
        for (std::uint64_t i = 0; i < layout.count; ++i)
            made.chunks.push_back({i, {}, crypto::blake3(part(i)), layout.size_of(i)});
        for (std::uint64_t i = 0; i < layout.count; ++i)
            made.chunks[i].address = encrypt_chunk(pool, part(i), keys_of(made, i, level)).address;
        return made;
    }
};

std::vector<Address> addresses(const Encoded &encoded) {
    std::vector<Address> all;
    for (const StoredChunk &chunk : encoded.chunks) all.push_back(chunk.address);
    return all;
}

TEST(Encoder, ContentBelowThreeBytesIsInline) {
    TestLoop loop;
    for (const Feed feed : {Feed::known, Feed::unknown, Feed::replay})
        for (const char *text : {"", "a", "ab"}) {
            ChunkStore store;
            const Encoded encoded = encode(loop, view_of(text), feed, store);
            EXPECT_EQ(Content(Bytes(view_of(text).begin(), view_of(text).end())), encoded.content);
            EXPECT_TRUE(encoded.chunks.empty());
            EXPECT_EQ(std::get<Bytes>(encoded.content), decode(loop, encoded.content, store));
        }
}

class EncoderSizes : public testing::TestWithParam<std::size_t> {};

TEST_P(EncoderSizes, GiveTheSameMapAndOrderHoweverTheContentComes) {
    const Bytes data = noise(GetParam());
    const ByTheBook book(data);
    for (const unsigned workers : {1, 2}) {
        TestLoop loop(workers);
        for (const Feed feed : {Feed::known, Feed::unknown, Feed::replay}) {
            SCOPED_TRACE("workers " + std::to_string(workers) + " feed " + std::to_string(static_cast<int>(feed)));
            ChunkStore store;
            const Encoded encoded = encode(loop, data, feed, store);
            EXPECT_EQ(book.map, std::get<DataMap>(encoded.content));
            EXPECT_EQ(book.order, store.order);
            EXPECT_EQ(book.order, addresses(encoded));
            for (const StoredChunk &chunk : encoded.chunks) {
                EXPECT_EQ(chunk.size, store.chunks.at(chunk.address).size());
            }
            EXPECT_TRUE(data == decode(loop, encoded.content, store));
        }
        EXPECT_EQ(0u, loop.runtime()->budget().used());
        EXPECT_EQ(0u, loop.runtime()->buffers()->used());
    }
}

INSTANTIATE_TEST_SUITE_P(Borders, EncoderSizes,
                         testing::Values(3, 4, 5, 6, 65'535, 65'536, 65'537, 1'500'000, M - 1, M, M + 1, 2 * M - 1,
                                         2 * M, 2 * M + 1, 3 * M - 3, 3 * M - 2, 3 * M - 1, 3 * M, 3 * M + 1, 3 * M + 2,
                                         4 * M - 1, 4 * M, 4 * M + 1, 6 * M + 12'345));

TEST(Encoder, WorkersAndTheSizesOfWritesChangeNothing) {
    const Bytes data = sample(5 * M + 100);
    const ByTheBook book(data);
    const unsigned seed = std::random_device()();
    std::mt19937 random(seed);
    SCOPED_TRACE("seed " + std::to_string(seed));
    for (const unsigned workers : {1, 2, 4}) {
        TestLoop loop(workers);
        for (const Feed feed : {Feed::known, Feed::unknown, Feed::replay}) {
            const auto next = [&random]() -> std::size_t {
                return random() % 3 ? random() % 100'000 : random() % 9'000'000;
            };
            ChunkStore store;
            Encoded encoded;
            loop.run(encode(loop.runtime(), std::make_shared<Job>(), data, feed, store.sink(), next, encoded));
            EXPECT_EQ(book.map, std::get<DataMap>(encoded.content));
            EXPECT_EQ(book.order, store.order);
        }
    }
}

// Sinks that take their time, the first the longest: they run together, but began in order.
TEST(Encoder, SlowSinksAreStartedInOrder) {
    const Bytes data = noise(7 * M);
    TestLoop loop(4);
    std::vector<Address> begun;
    int running = 0, most = 0;
    struct Slow {
        static Awaitable<void> put(asio::io_context &context, std::vector<Address> &began, int &now, int &peak,
                                   Address address, Blob) {
            began.push_back(address);
            peak = std::max(peak, ++now);
            asio::steady_timer timer(context, std::chrono::milliseconds(began.size() < 3 ? 80 : 20));
            co_await timer.async_wait(asio::use_awaitable);
            --now;
        }
    };
    const ChunkSink sink = [&](Address address, Blob bytes) {
        return Slow::put(loop.context(), begun, running, most, address, std::move(bytes));
    };
    Encoded encoded;
    loop.run(encode(
        loop.runtime(), std::make_shared<Job>(), data, Feed::known, sink, [] { return std::size_t{M}; }, encoded));
    EXPECT_EQ(addresses(encoded), begun);
    EXPECT_EQ(ByTheBook(data).order, begun);
    EXPECT_GT(most, 1);
    EXPECT_EQ(0, running) << "finish() waits for every sink";
}

TEST(Encoder, ReplaysOnlyWhatSavesMemory) {
    TestLoop loop;
    const auto replayed = [&](std::uint64_t size, bool replay = true) {
        return Encoder(loop.runtime(), std::make_shared<Job>(), {size, replay}, nullptr).replay_size();
    };
    EXPECT_EQ(0u, replayed(2));
    EXPECT_EQ(0u, replayed(1'000'000));
    EXPECT_EQ(2u * 3'000'000, replayed(9'000'000));
    EXPECT_EQ(2 * M, replayed(100 * M));
    EXPECT_EQ(0u, replayed(100 * M, false));
}

TEST(Encoder, ASourceThatChangedBeforeItsReplayIsAnError) {
    TestLoop loop;
    ChunkStore store;
    struct Change {
        static Awaitable<void> write(RuntimeRef runtime, Bytes data, ChunkSink sink) {
            Encoder encoder(runtime, std::make_shared<Job>(), {data.size(), true}, std::move(sink));
            co_await encoder.write(data);
            data[M + 5] ^= 1;
            const ByteView again = ByteView(data).first(encoder.replay_size());
            co_await encoder.write(again);
            co_await encoder.finish();
        }
    };
    EXPECT_EQ(Errc::source_changed,
              error_of([&] { loop.run(Change::write(loop.runtime(), noise(4 * M), store.sink())); }));
    EXPECT_EQ(0u, loop.runtime()->budget().used());
}

Awaitable<void> announce(RuntimeRef runtime, Encoder::Options options, std::size_t comes, ChunkSink sink) {
    Encoder encoder(runtime, std::make_shared<Job>(), options, std::move(sink));
    const Bytes data = noise(comes);
    co_await encoder.write(data);
    co_await encoder.finish();
}

TEST(Encoder, MoreOrFewerBytesThanAnnouncedIsAnError) {
    TestLoop loop;
    ChunkStore store;
    for (const bool replay : {false, true})
        for (const auto &[announced, comes] : std::vector<std::pair<std::uint64_t, std::size_t>>{
                 {0, 1}, {1, 0}, {2, 3}, {3, 2}, {100, 99}, {100, 101}, {4 * M, 4 * M - 1}, {3 * M, 3 * M + 1}}) {
            if (replay && comes == 4 * M - 1) continue; // is above
            EXPECT_EQ(Errc::size_mismatch, error_of([&, a = announced, c = comes, r = replay] {
                          loop.run(announce(loop.runtime(), {a, r}, c + (r && c > a ? 2 * M : 0), store.sink()));
                      }))
                << announced << " " << comes;
        }
    EXPECT_EQ(0u, loop.runtime()->budget().used());
}

TEST(Encoder, WhatIsTooLargeIsRefusedBeforeAByteComes) {
    TestLoop loop;
    const auto make = [&](std::uint64_t size) {
        Encoder(loop.runtime(), std::make_shared<Job>(), {size, false}, nullptr);
    };
    EXPECT_EQ(Errc::too_large, error_of([&] { make(limits::max_file + 1); }));
    EXPECT_EQ(Errc::ok, error_of([&] { make(limits::max_file); }));
}

TEST(Encoder, CountsBytesAndTellsTheTotal) {
    for (const Feed feed : {Feed::known, Feed::unknown, Feed::replay}) {
        TestLoop loop;
        ChunkStore store;
        auto job = std::make_shared<Job>();
        std::uint64_t total_at_first = 0;
        const auto next = [&]() -> std::size_t {
            if (job->progress.done == 0) total_at_first = job->progress.total;
            return 1'000'000;
        };
        Encoded encoded;
        const Bytes data = noise(4 * M);
        loop.run(encode(loop.runtime(), job, data, feed, store.sink(), next, encoded));
        EXPECT_EQ(feed == Feed::unknown ? Progress::unknown : 4 * M, total_at_first);
        EXPECT_EQ(4 * M, job->progress.total);
        EXPECT_EQ(4 * M, job->progress.done);
    }
}

Awaitable<void> use_after_end(RuntimeRef runtime, ChunkSink sink, bool write) {
    Encoder encoder(runtime, std::make_shared<Job>(), {}, std::move(sink));
    co_await encoder.finish();
    if (write)
        co_await encoder.write(view_of("x"));
    else
        co_await encoder.finish();
}

TEST(Encoder, AFinishedWriterIsClosed) {
    TestLoop loop;
    ChunkStore store;
    for (const bool write : {false, true})
        EXPECT_EQ(Errc::closed, error_of([&] { loop.run(use_after_end(loop.runtime(), store.sink(), write)); }));
}

// --- ends that come early
// ------------------------------------------------------------------------------------------

constexpr std::size_t small_step = 1'000'000;

// A sink that runs a hook at its k-th call.
struct Trap {
    ChunkStore store;
    std::size_t at = 0, calls = 0;
    std::function<void()> hook;

    ChunkSink sink() {
        return [this, inner = store.sink()](Address address, Blob bytes) -> Awaitable<void> {
            if (calls++ == at) hook();
            return inner(address, std::move(bytes));
        };
    }
};

TEST(Encoder, AFailingSinkEndsItWithThatError) {
    const Bytes data = noise(5 * M + 9);
    constexpr unsigned workers = 2;
    for (const Feed feed : {Feed::known, Feed::unknown, Feed::replay})
        for (std::size_t k = 0; k < 9; ++k) {
            TestLoop loop(workers);
            Trap trap;
            trap.at = k;
            trap.hook = [] { throw Error(Errc::store_full, "full"); };
            Encoded encoded;
            const auto work = [&] {
                loop.run(encode(
                    loop.runtime(), std::make_shared<Job>(), data, feed, trap.sink(), [] { return small_step; },
                    encoded));
            };
            EXPECT_EQ(Errc::store_full, error_of(work)) << k;
            EXPECT_EQ(0u, loop.runtime()->budget().used());
            EXPECT_EQ(0u, loop.runtime()->buffers()->used());
        }
}

TEST(Encoder, CancellationAtEachSinkAndEachWriteEndsItCleanly) {
    const Bytes data = noise(5 * M + 9);
    constexpr unsigned workers = 2;
    for (const Feed feed : {Feed::known, Feed::unknown, Feed::replay})
        for (std::size_t k = 0; k < 40; k += k < 9 ? 1 : 6) {
            TestLoop loop(workers);
            auto job = std::make_shared<Job>();
            Trap trap;
            trap.at = k < 9 ? k : 1000;
            trap.hook = [&] { job->cancel.request(); };
            std::size_t writes = 0;
            Encoded encoded;
            const auto work = [&] {
                loop.run(encode(
                    loop.runtime(), job, data, feed, trap.sink(),
                    [&] {
                        if (k >= 9 && writes++ == k - 9) job->cancel.request();
                        return small_step;
                    },
                    encoded));
            };
            const Errc code = error_of(work);
            EXPECT_EQ(job->cancel.requested() ? Errc::cancelled : Errc::ok, code) << k;
            EXPECT_EQ(0u, loop.runtime()->budget().used());
            EXPECT_EQ(0u, loop.runtime()->buffers()->used());
        }
}

TEST(Encoder, CancellationAtAnyMomentEndsItCleanly) {
    const unsigned seed = std::random_device()();
    std::mt19937 random(seed);
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Bytes data = sample(5 * M + 9);
    for (int round = 0; round < 12; ++round) {
        TestLoop loop(2);
        auto job = std::make_shared<Job>();
        asio::steady_timer timer(loop.context(), std::chrono::microseconds(random() % 400'000));
        timer.async_wait([job](auto error) {
            if (!error) job->cancel.request();
        });
        ChunkStore store;
        Encoded encoded;
        const Errc code = error_of([&] {
            loop.run(encode(
                loop.runtime(), job, data, static_cast<Feed>(round % 3), store.sink(), [] { return small_step; },
                encoded));
        });
        EXPECT_TRUE(code == Errc::cancelled || code == Errc::ok);
        EXPECT_EQ(0u, loop.runtime()->budget().used());
        EXPECT_EQ(0u, loop.runtime()->buffers()->used());
    }
}

Awaitable<void> abandon(RuntimeRef runtime, Feed feed, std::size_t writes, ChunkSink sink) {
    Encoder::Options options;
    if (feed != Feed::unknown) options.size = 6 * M;
    options.replay = feed == Feed::replay;
    auto encoder = std::make_unique<Encoder>(runtime, std::make_shared<Job>(), options, std::move(sink));
    for (std::size_t i = 0; i < writes; ++i) {
        const Bytes part = noise(M / 2 + 1, i);
        co_await encoder->write(part);
    }
    encoder.reset();
}

TEST(Encoder, AnAbandonedWriterLeavesNothing) {
    for (const Feed feed : {Feed::known, Feed::unknown, Feed::replay})
        for (std::size_t writes = 0; writes <= 11; ++writes) {
            TestLoop loop(2);
            ChunkStore store;
            loop.run(abandon(loop.runtime(), feed, writes, store.sink()));
            EXPECT_EQ(0u, loop.runtime()->budget().used());
            EXPECT_EQ(0u, loop.runtime()->buffers()->used());
        }
}

// The writer goes while a write waits for memory: the write ends, and the bytes it was given are not looked
// at again.
TEST(Encoder, AbandonedWhileAWriteWaits) {
    TestLoop loop(1);
    struct Writer {
        static Awaitable<void> write(std::shared_ptr<std::unique_ptr<Encoder>> encoder, std::shared_ptr<Bytes> data,
                                     Errc &code) {
            auto writing = (*encoder)->write(*data);
            try {
                co_await std::move(writing);
            } catch (const Error &error) {
                code = error.code();
            }
            data.reset();
        }
    };
    ChunkStore store;
    Errc code = Errc::ok;
    auto hog = loop.runtime()->budget().try_take(loop.runtime()->budget().limit());
    ASSERT_TRUE(hog);
    auto encoder = std::make_shared<std::unique_ptr<Encoder>>(std::make_unique<Encoder>(
        loop.runtime(), std::make_shared<Job>(), Encoder::Options{6 * M, false}, store.sink()));
    auto data = std::make_shared<Bytes>(noise(2 * M));
    asio::co_spawn(loop.context(), Writer::write(encoder, data, code), asio::detached);
    asio::steady_timer first(loop.context(), std::chrono::milliseconds(40)),
        second(loop.context(), std::chrono::milliseconds(80));
    first.async_wait([&](auto) { encoder->reset(); });
    second.async_wait([&](auto) { hog->reset(); });
    loop.context().run();
    EXPECT_EQ(Errc::cancelled, code);
    EXPECT_EQ(0u, loop.runtime()->budget().used());
}

} // namespace
} // namespace safe
