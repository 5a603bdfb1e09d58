// The random-access reader: only what is needed, once, and nothing that was not promised.
#include "support.hpp"

#include "selfencrypt/chunk.hpp"

#include <algorithm>

namespace safe {
namespace {

using namespace test;

// Content of seven chunks in a store, and its map of a map.
class DecoderTest : public testing::Test {
  protected:
    TestLoop loop{2};
    ChunkStore store;
    Bytes data = noise(7 * M - 1000);
    Encoded encoded = encode(loop, data, Feed::known, store);
    JobRef job = std::make_shared<Job>();

    DataMap root() const { return std::get<DataMap>(encoded.content); }

    std::shared_ptr<Decoder> open(Content content) {
        return loop.run(Decoder::open(loop.runtime(), job, std::move(content), store.source()));
    }
    std::shared_ptr<Decoder> open() {
        auto decoder = open(encoded.content);
        store.asked.clear();
        return decoder;
    }
    Bytes read(Decoder &decoder, std::uint64_t offset, std::size_t length) {
        Bytes out(length);
        const MutableView view(out);
        out.resize(loop.run(decoder.read(job, offset, view)));
        return out;
    }
    Bytes part(std::uint64_t offset, std::size_t length) const {
        const auto from = std::min<std::uint64_t>(offset, data.size());
        const auto until = std::min<std::uint64_t>(from + length, data.size());
        return Bytes(data.begin() + static_cast<std::ptrdiff_t>(from),
                     data.begin() + static_cast<std::ptrdiff_t>(until));
    }
    void expect_nothing_held() {
        loop.context().restart();
        loop.context().run();
        EXPECT_EQ(0u, loop.runtime()->budget().used());
        EXPECT_EQ(0u, loop.runtime()->buffers()->used());
    }

    // The root map, with another map in its place.
    DataMap wrap(ByteView inner, std::uint64_t level) {
        const auto pool = loop.runtime()->buffers();
        const Layout layout = layout_of(inner.size());
        DataMap map;
        map.child = level;
        for (std::uint64_t i = 0; i < layout.count; ++i) {
            const ByteView piece = inner.subspan(layout.start_of(i), layout.size_of(i));
            map.chunks.push_back({i, {}, crypto::blake3(piece), piece.size()});
        }
        for (std::uint64_t i = 0; i < layout.count; ++i) {
            const ByteView piece = inner.subspan(layout.start_of(i), layout.size_of(i));
            const auto chunk = encrypt_chunk(pool, piece, keys_of(map, i, level));
            map.chunks[i].address = chunk.address;
            store.chunks[chunk.address] = Bytes(chunk.bytes.view().begin(), chunk.bytes.view().end());
        }
        return map;
    }
    Errc opening(Content content) {
        return error_of([&] { open(std::move(content)); });
    }
};

TEST_F(DecoderTest, OpeningFetchesTheMapsAndNoContent) {
    auto decoder = open(encoded.content);
    EXPECT_EQ(data.size(), decoder->size());
    EXPECT_EQ(3u, store.calls());
    for (const ChunkInfo &chunk : root().chunks) EXPECT_EQ(1u, store.asked[chunk.address]);
}

TEST_F(DecoderTest, KnowsEveryChunk) {
    auto all = open()->all_chunks();
    auto stored = store.order;
    std::sort(all.begin(), all.end());
    std::sort(stored.begin(), stored.end());
    EXPECT_EQ(stored, all);
}

TEST_F(DecoderTest, ReadsAnyRangeAndEndsAtTheEnd) {
    auto decoder = open();
    const unsigned seed = std::random_device()();
    std::mt19937_64 random(seed);
    SCOPED_TRACE("seed " + std::to_string(seed));
    for (int i = 0; i < 40; ++i) {
        const std::uint64_t offset = random() % (data.size() + 1000);
        const std::size_t length = random() % (i % 4 ? 10'000 : 9'000'000);
        EXPECT_TRUE(part(offset, length) == read(*decoder, offset, length)) << offset << " " << length;
    }
    for (const std::uint64_t border : {M, 2 * M, 6 * M, data.size()})
        for (const std::uint64_t offset : {border - 1, border, border + 1})
            EXPECT_EQ(part(offset, 2), read(*decoder, offset, 2));
    EXPECT_TRUE(read(*decoder, UINT64_MAX, 5).empty());
    EXPECT_TRUE(read(*decoder, 5, 0).empty());
}

TEST_F(DecoderTest, ARangeFetchesItsChunksAndNoOther) {
    const auto fetched = [&](std::uint64_t offset, std::size_t length) {
        auto decoder = open();
        read(*decoder, offset, length);
        decoder.reset();
        expect_nothing_held();
        return store.calls();
    };
    EXPECT_EQ(1u, fetched(0, 100));
    EXPECT_EQ(1u, fetched(0, M));
    EXPECT_EQ(1u, fetched(3 * M, 1));
    EXPECT_EQ(2u, fetched(3 * M - 1, 2));
    EXPECT_EQ(3u, fetched(M + 5, 2 * M));
    EXPECT_EQ(0u, fetched(data.size(), 10));
    EXPECT_EQ(7u, fetched(0, data.size()));
}

TEST_F(DecoderTest, ASequentialReaderDecodesEachChunkOnce) {
    auto decoder = open();
    for (std::uint64_t at = 0; at < data.size(); at += 1 << 16) {
        ASSERT_TRUE(part(at, 1 << 16) == read(*decoder, at, 1 << 16));
    }
    EXPECT_EQ(7u, store.calls());
    for (const auto &[address, count] : store.asked) EXPECT_EQ(1u, count);
    EXPECT_EQ(0u, loop.runtime()->budget().used()) << "the last chunk goes when it has been read";
}

TEST_F(DecoderTest, ASequentialReadersNextChunksComeAhead) {
    auto decoder = open();
    read(*decoder, 0, 1000);
    EXPECT_EQ(1u, store.calls()) << "one read is no sequence";
    read(*decoder, 1000, 1000);
    EXPECT_EQ(4u, store.calls()) << "two workers and one on its way";
}

TEST_F(DecoderTest, FetchesNothingAheadWhenMemoryIsShort) {
    auto decoder = open();
    const auto hog = loop.runtime()->budget().try_take(loop.runtime()->budget().limit() - 2 * limits::chunk_memory);
    ASSERT_TRUE(hog);
    read(*decoder, 0, 1000);
    read(*decoder, 1000, 1000);
    EXPECT_EQ(1u, store.calls());
}

TEST_F(DecoderTest, ManyReadsOfOneChunkAtATimeDecodeItOnce) {
    auto decoder = open();
    std::vector<Bytes> outs(20, Bytes(10'000));
    int done = 0;
    struct Read {
        static Awaitable<void> one(std::shared_ptr<Decoder> from, JobRef reader, std::uint64_t at, Bytes &out,
                                   int &count) {
            const MutableView view(out);
            out.resize(co_await from->read(reader, at, view));
            ++count;
        }
    };
    for (std::size_t i = 0; i < outs.size(); ++i)
        asio::co_spawn(loop.context(), Read::one(decoder, job, 2 * M + i * 7000, outs[i], done), asio::detached);
    loop.context().restart();
    loop.context().run();
    EXPECT_EQ(20, done);
    EXPECT_EQ(1u, store.calls());
    for (std::size_t i = 0; i < outs.size(); ++i) EXPECT_EQ(part(2 * M + i * 7000, 10'000), outs[i]);
}

TEST_F(DecoderTest, OneOfSeveralReadersMayCancel) {
    auto decoder = open();
    auto leaver = std::make_shared<Job>();
    Errc left = Errc::ok;
    Bytes kept(100), lost(100);
    struct Read {
        static Awaitable<void> one(std::shared_ptr<Decoder> from, JobRef reader, Bytes &out, Errc &code) {
            const MutableView view(out);
            try {
                co_await from->read(reader, 5, view);
            } catch (const Error &error) {
                code = error.code();
            }
        }
    };
    Errc stayed = Errc::ok;
    asio::co_spawn(loop.context(), Read::one(decoder, leaver, lost, left), asio::detached);
    asio::co_spawn(loop.context(), Read::one(decoder, job, kept, stayed), asio::detached);
    asio::post(loop.context(), [leaver] { leaver->cancel.request(); });
    loop.context().restart();
    loop.context().run();
    EXPECT_EQ(Errc::cancelled, left);
    EXPECT_EQ(Errc::ok, stayed);
    EXPECT_EQ(part(5, 100), kept);
}

TEST_F(DecoderTest, AReadEndsWhenItsReaderGoesOrItIsCancelled) {
    for (const bool cancel : {false, true}) {
        auto decoder = open();
        auto reader = std::make_shared<Job>();
        Errc code = Errc::ok;
        struct Read {
            static Awaitable<void> one(Awaitable<std::size_t> reading, Errc &result) {
                try {
                    co_await std::move(reading);
                } catch (const Error &error) {
                    result = error.code();
                }
            }
        };
        auto hog = loop.runtime()->budget().try_take(loop.runtime()->budget().limit());
        ASSERT_TRUE(hog);
        Bytes out(1000);
        asio::co_spawn(loop.context(), Read::one(decoder->read(reader, 0, out), code), asio::detached);
        asio::steady_timer timer(loop.context(), std::chrono::milliseconds(30));
        timer.async_wait([&](auto) {
            if (cancel)
                reader->cancel.request();
            else
                decoder.reset();
        });
        loop.context().restart();
        loop.context().run();
        EXPECT_EQ(Errc::cancelled, code);
        hog.reset();
        decoder.reset();
        expect_nothing_held();
    }
}

TEST_F(DecoderTest, AMissingOrDamagedChunkIsToldAndTriedAgainLater) {
    auto decoder = open();
    const Address victim = decoder->all_chunks()[3];
    const Bytes good = store.chunks[victim];
    store.chunks.erase(victim);
    EXPECT_EQ(Errc::no_such_data, error_of([&] { read(*decoder, 3 * M, 10); }));
    store.chunks[victim] = good;
    store.chunks[victim][100] ^= 1;
    EXPECT_EQ(Errc::chunk_corrupt, error_of([&] { read(*decoder, 3 * M, 10); }));
    store.chunks[victim] = Bytes(limits::max_stored_chunk + 1);
    EXPECT_EQ(Errc::chunk_corrupt, error_of([&] { read(*decoder, 3 * M, 10); }));
    store.chunks[victim] = good;
    EXPECT_EQ(part(3 * M, 10), read(*decoder, 3 * M, 10));
    EXPECT_EQ(part(2 * M, 10), read(*decoder, 2 * M, 10));
}

TEST_F(DecoderTest, SizesAreThoseOfTheMapAndNotOfTheWritersRule) {
    const Bytes text = noise(10'000);
    const std::vector<std::size_t> sizes = {1, 5000, 77, 4922};
    DataMap map;
    std::size_t at = 0;
    for (std::size_t i = 0; i < sizes.size(); at += sizes[i++])
        map.chunks.push_back({i, {}, crypto::blake3(ByteView(text).subspan(at, sizes[i])), sizes[i]});
    at = 0;
    for (std::size_t i = 0; i < sizes.size(); at += sizes[i++]) {
        const auto chunk =
            encrypt_chunk(loop.runtime()->buffers(), ByteView(text).subspan(at, sizes[i]), keys_of(map, i, 0));
        map.chunks[i].address = chunk.address;
        store.chunks[chunk.address] = Bytes(chunk.bytes.view().begin(), chunk.bytes.view().end());
    }
    EXPECT_EQ(text, decode(loop, map, store, 333));
}

// --- hostile maps
// --------------------------------------------------------------------------------------------------

TEST_F(DecoderTest, RefusesMapsThatNobodyWrites) {
    const DataMap good = std::get<DataMap>(encode(loop, noise(1000), Feed::known, store).content);
    const auto with = [&](auto change) {
        DataMap map = good;
        change(map);
        return opening(map);
    };
    EXPECT_EQ(Errc::ok, with([](DataMap &) {}));
    EXPECT_EQ(Errc::bad_data_map, with([](DataMap &map) { map.chunks.clear(); }));
    EXPECT_EQ(Errc::bad_data_map, with([](DataMap &map) { map.chunks.pop_back(); }));
    EXPECT_EQ(Errc::bad_data_map, with([](DataMap &map) { map.chunks[1].index = 2; }));
    EXPECT_EQ(Errc::bad_data_map, with([](DataMap &map) { map.chunks[2].index = 3; }));
    EXPECT_EQ(Errc::bad_data_map, with([](DataMap &map) { map.chunks[0].size = 0; }));
    EXPECT_EQ(Errc::bad_data_map, with([](DataMap &map) { map.chunks[0].size = UINT64_MAX - 5; }));
    EXPECT_EQ(Errc::bad_data_map, with([](DataMap &map) { map.chunks[0].size = limits::max_stored_chunk + 1; }));
    EXPECT_EQ(Errc::bad_data_map, with([](DataMap &map) { map.child = 0; }));
    EXPECT_EQ(Errc::bad_data_map, with([](DataMap &map) { map.child = limits::max_map_depth + 1; }));
    EXPECT_EQ(Errc::bad_data_map, with([](DataMap &map) { map.chunks.resize(limits::max_chunks + 1); }));
    EXPECT_EQ(Errc::chunk_corrupt, with([](DataMap &map) { map.child = 1; })) << "content is encrypted at level 0";
}

TEST_F(DecoderTest, RefusesAMapThatWouldHoldAnAbsurdMapBeforeFetchingIt) {
    DataMap map = root();
    for (ChunkInfo &chunk : map.chunks) chunk.size = limits::max_stored_chunk;
    store.asked.clear();
    EXPECT_EQ(Errc::bad_data_map, opening(map));
    EXPECT_EQ(0u, store.calls());
}

TEST_F(DecoderTest, RefusesWhatIsInsideAMapButIsNone) {
    EXPECT_EQ(Errc::bad_data_map, opening(wrap(noise(338), 1)));
    Bytes inner = to_bincode(root());
    inner.push_back(0);
    EXPECT_EQ(Errc::bad_data_map, opening(wrap(inner, 1)));
}

TEST_F(DecoderTest, AMapLeadsOneLevelDownAndNowhereElse) {
    EXPECT_EQ(Errc::ok, opening(wrap(to_bincode(root()), 2)));
    EXPECT_EQ(Errc::bad_data_map, opening(wrap(to_bincode(root()), 1))) << "a level as deep as its own";
    EXPECT_EQ(Errc::bad_data_map, opening(wrap(to_bincode(root()), 3))) << "a level left out";
    DataMap content = std::get<DataMap>(encode(loop, noise(1000), Feed::known, store).content);
    EXPECT_EQ(Errc::bad_data_map, opening(wrap(to_bincode(content), 2))) << "content where a map was promised";
}

TEST_F(DecoderTest, ADeepChainIsReadToItsEndAndNoDeeper) {
    DataMap map = std::get<DataMap>(encode(loop, noise(1000), Feed::known, store).content);
    for (std::uint64_t level = 1; level <= limits::max_map_depth; ++level) map = wrap(to_bincode(map), level);
    EXPECT_EQ(noise(1000), decode(loop, map, store));
    ++*map.child;
    store.asked.clear();
    EXPECT_EQ(Errc::bad_data_map, opening(map));
    EXPECT_EQ(0u, store.calls());
}

TEST_F(DecoderTest, CancellationAtAnyMomentLeavesNothing) {
    const unsigned seed = std::random_device()();
    std::mt19937 random(seed);
    SCOPED_TRACE("seed " + std::to_string(seed));
    for (int round = 0; round < 30; ++round) {
        auto canceller = std::make_shared<Job>();
        asio::steady_timer timer(loop.context(), std::chrono::microseconds(random() % 60'000));
        timer.async_wait([canceller](auto error) {
            if (!error) canceller->cancel.request();
        });
        const Errc code =
            error_of([&] { loop.run(decode(loop.runtime(), canceller, encoded.content, store.source(), 100'000)); });
        EXPECT_TRUE(code == Errc::cancelled || code == Errc::ok);
        timer.cancel();
        expect_nothing_held();
    }
}

} // namespace
} // namespace safe
