// The memory law (DETAILS D7) with many at a time: the budget is never exceeded, nobody waits for ever, and
// no chunk is decoded again because another reader wanted memory.
#include "support.hpp"

#include <algorithm>

namespace safe {
namespace {

using namespace test;

constexpr std::size_t many = 64;

// A store that looks at the budget whenever a chunk comes or goes, and keeps only one content's chunks.
struct Watch {
    TestLoop &loop;
    ChunkStore store;
    std::uint64_t most_booked = 0, most_used = 0;

    void look() {
        most_booked = std::max(most_booked, loop.runtime()->budget().used());
        most_used = std::max<std::uint64_t>(most_used, loop.runtime()->buffers()->used());
    }
    ChunkSink sink() {
        return [this, inner = store.sink()](Address address, Blob bytes) {
            look();
            return inner(address, std::move(bytes));
        };
    }
    ChunkSource source() {
        return [this, inner = store.source()](Address address, JobRef job) {
            look();
            return inner(address, job);
        };
    }
    void expect_kept(unsigned workers) {
        const auto limit = limits::memory_for(workers);
        EXPECT_LE(most_booked, loop.runtime()->budget().limit());
        EXPECT_LE(most_used, limit);
        EXPECT_EQ(0u, loop.runtime()->budget().used());
        EXPECT_EQ(0u, loop.runtime()->buffers()->used());
        EXPECT_LE(loop.runtime()->buffers()->kept(), limit);
    }
};

Awaitable<void> write_one(RuntimeRef runtime, ByteView data, Feed feed, ChunkSink sink, unsigned &done) {
    Encoded encoded;
    auto work = encode(
        runtime, std::make_shared<Job>(), data, feed, std::move(sink), [] { return std::size_t{300'000}; }, encoded);
    co_await std::move(work);
    ++done;
}

class Memory : public testing::TestWithParam<unsigned> {};

TEST_P(Memory, ManyWritersShareOneBudget) {
    TestLoop loop(GetParam());
    Watch watch{loop, {}};
    const Bytes data = noise(3 * M + 5);
    unsigned done = 0;
    for (std::size_t i = 0; i < many; ++i)
        asio::co_spawn(loop.context(), write_one(loop.runtime(), data, static_cast<Feed>(i % 3), watch.sink(), done),
                       [](std::exception_ptr error) {
                           if (error) std::rethrow_exception(error);
                       });
    loop.context().run();
    EXPECT_EQ(many, done);
    EXPECT_EQ(7u, watch.store.chunks.size());
    watch.expect_kept(GetParam());
}

Awaitable<void> read_one(RuntimeRef runtime, Content content, ChunkSource source, ByteView expected, unsigned &done) {
    auto work = decode(runtime, std::make_shared<Job>(), std::move(content), std::move(source), 1 << 16);
    const Bytes all = co_await std::move(work);
    if (std::equal(all.begin(), all.end(), expected.begin(), expected.end())) ++done;
}

TEST_P(Memory, ManyReadersShareOneBudgetAndDecodeEachChunkOnce) {
    TestLoop loop(GetParam());
    Watch watch{loop, {}};
    const Bytes data = noise(3 * M + 5);
    const Encoded encoded = encode(loop, data, Feed::known, watch.store);
    unsigned done = 0;
    for (std::size_t i = 0; i < many; ++i)
        asio::co_spawn(loop.context(), read_one(loop.runtime(), encoded.content, watch.source(), data, done),
                       [](std::exception_ptr error) {
                           if (error) std::rethrow_exception(error);
                       });
    loop.context().restart();
    loop.context().run();
    EXPECT_EQ(many, done);
    // Four of content and three of the map each; a few more where the machine was slow.
    EXPECT_LE(watch.store.calls(), many * 7 * 11 / 10);
    watch.expect_kept(GetParam());
}

TEST_P(Memory, WritersAndReadersTogether) {
    TestLoop loop(GetParam());
    Watch watch{loop, {}};
    const Bytes data = noise(3 * M + 5);
    const Encoded encoded = encode(loop, data, Feed::known, watch.store);
    unsigned written = 0, read = 0;
    const auto ended = [](std::exception_ptr error) {
        if (error) std::rethrow_exception(error);
    };
    for (std::size_t i = 0; i < many / 2; ++i) {
        asio::co_spawn(loop.context(), write_one(loop.runtime(), data, static_cast<Feed>(i % 3), watch.sink(), written),
                       ended);
        asio::co_spawn(loop.context(), read_one(loop.runtime(), encoded.content, watch.source(), data, read), ended);
    }
    loop.context().restart();
    loop.context().run();
    EXPECT_EQ(many / 2, written);
    EXPECT_EQ(many / 2, read);
    watch.expect_kept(GetParam());
}

INSTANTIATE_TEST_SUITE_P(Workers, Memory, testing::Values(1, 2));

// A reader that stopped in the middle of a chunk holds it; who waits for memory gets it after a moment.
TEST(Memory, AnIdleReaderGivesItsChunkUp) {
    TestLoop loop(1);
    ChunkStore store;
    const Bytes data = noise(3 * M);
    const Encoded encoded = encode(loop, data, Feed::known, store);
    auto job = std::make_shared<Job>();
    std::vector<std::shared_ptr<Decoder>> readers;
    Bytes out(1000);
    const MutableView view(out);
    for (int i = 0; i < 20; ++i) {
        readers.push_back(loop.run(Decoder::open(loop.runtime(), job, encoded.content, store.source())));
        EXPECT_EQ(1000u, loop.run(readers.back()->read(job, M / 2, view)));
    }
    EXPECT_LE(loop.runtime()->budget().used(), loop.runtime()->budget().limit());
    EXPECT_EQ(20u, store.calls());
    readers.clear();
    EXPECT_EQ(0u, loop.runtime()->budget().used());
}

// Small content takes little of the budget: a hundred writers of a kilobyte hold less than one chunk's
// memory.
TEST(Memory, SmallContentBooksWhatItNeeds) {
    TestLoop loop(1);
    Watch watch{loop, {}};
    const Bytes data = sample(1000);
    unsigned done = 0;
    for (int i = 0; i < 100; ++i)
        asio::co_spawn(loop.context(), write_one(loop.runtime(), data, static_cast<Feed>(i % 3), watch.sink(), done),
                       asio::detached);
    loop.context().run();
    EXPECT_EQ(100u, done);
    EXPECT_LE(watch.most_booked, 200'000u);
    watch.expect_kept(1);
}

} // namespace
} // namespace safe
