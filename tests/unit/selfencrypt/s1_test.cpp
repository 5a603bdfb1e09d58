// Format S1 against upstream's own vector (reference/self_encryption.md C.1, tag 0.13.0) and its rules.
#include "selfencrypt/s1.hpp"

#include "selfencrypt/format.hpp"
#include "support.hpp"

namespace safe {
namespace {

using namespace test;
using s1::max_chunk, s1::min_chunk;

struct Written {
    Bytes map;
    std::map<s1::Name, Bytes> chunks;
};

class S1Test : public testing::Test {
  protected:
    BufferPoolRef pool = std::make_shared<BufferPool>(64 * limits::MiB);

    Written write(ByteView data, std::size_t step = 700'001) {
        Written out;
        s1::Encoder encoder(pool);
        const auto drain = [&] {
            while (auto chunk = encoder.next()) out.chunks[chunk->name] = chunk->bytes;
        };
        for (std::size_t at = 0; at < data.size(); at += step) {
            encoder.write(data.subspan(at, std::min(step, data.size() - at)));
            drain();
        }
        out.map = encoder.finish();
        drain();
        return out;
    }

    Bytes read(const Written &written) {
        const s1::Map map = s1::Map::parse(written.map);
        Bytes all = map.content();
        for (std::uint64_t i = 0; i < map.chunk_count(); ++i) {
            const Bytes plain = map.decrypt(pool, i, written.chunks.at(map.name(i)));
            all.insert(all.end(), plain.begin(), plain.end());
        }
        EXPECT_EQ(map.size(), all.size());
        return all;
    }
};

// Three times the bytes 0..127 over and over, 1 MiB; the second begins with 1, the third with 2.
Bytes three_hash_input() {
    Bytes data(3 * max_chunk);
    for (std::size_t i = 0; i < data.size(); ++i) data[i] = static_cast<Byte>(i % 128);
    data[max_chunk] = 1;
    data[2 * max_chunk] = 2;
    return data;
}

TEST_F(S1Test, ReproducesUpstreamsVector) {
    const Written written = write(three_hash_input());
    const s1::Map map = s1::Map::parse(written.map);
    ASSERT_EQ(3u, map.chunk_count());
    EXPECT_EQ("6204790e502c67f3b6fbf8ab0bfe83679cb28ad9678848f77dc3d48a7374e372", hex(map.name(0)));
    EXPECT_EQ("a7841f43e9bed7add06af2470172c3327f9e8fbb480b6a6b41db04f32e2b1d74", hex(map.name(1)));
    EXPECT_EQ("85237ac16b19cf78d6959edd8f9b5a61054d5e34ebfc069650bc8f9274dd6b6b", hex(map.name(2)));
    EXPECT_EQ(three_hash_input(), read(written));
}

TEST_F(S1Test, SmallContentIsInTheMap) {
    EXPECT_EQ(unhex("02000000"), write({}).map);
    EXPECT_EQ(unhex("010000000300000000000000616263"), write(view_of("abc")).map);
    const Written largest = write(sample(3071)), smallest = write(sample(3072));
    EXPECT_EQ(0u, s1::Map::parse(largest.map).chunk_count());
    EXPECT_EQ(sample(3071), read(largest));
    EXPECT_EQ(3u, smallest.chunks.size());
    EXPECT_EQ(4u + 8u + 3 * 92, smallest.map.size());
}

TEST_F(S1Test, ComesBackAtEveryBorder) {
    for (const std::size_t size :
         {std::size_t{3072}, 3 * max_chunk - 1, 3 * max_chunk, 3 * max_chunk + 1, 3 * max_chunk + min_chunk - 1,
          3 * max_chunk + min_chunk, 4 * max_chunk, 5 * max_chunk + 77}) {
        SCOPED_TRACE(size);
        const Bytes data = noise(size);
        const Written written = write(data);
        EXPECT_EQ(data, read(written));
        for (const std::size_t step : {std::size_t{4096}, size}) EXPECT_EQ(written.map, write(data, step).map);
    }
}

TEST_F(S1Test, ChunksComeWhileContentDoes) {
    s1::Encoder encoder(pool);
    const Bytes data = noise(4 * max_chunk);
    encoder.write(data);
    EXPECT_TRUE(encoder.next());
}

TEST_F(S1Test, WritesNothingAfterTheEnd) {
    s1::Encoder encoder(pool);
    encoder.finish();
    EXPECT_EQ(Errc::closed, error_of([&] { encoder.write(view_of("x")); }));
    EXPECT_EQ(Errc::closed, error_of([&] { encoder.finish(); }));
}

TEST_F(S1Test, HoldsOneGibibyteAndNotAByteMore) {
    s1::Encoder encoder(pool);
    encoder.write(view_of("x"));
    const Byte *never_read = nullptr;
    EXPECT_EQ(Errc::too_large, error_of([&] { encoder.write(ByteView(never_read, s1::max_file)); }));
    encoder.write(view_of("yz"));
    EXPECT_EQ(unhex("01000000030000000000000078797a"), encoder.finish());
}

TEST_F(S1Test, ADamagedChunkIsCorrupt) {
    Written written = write(sample(10'000));
    const s1::Map map = s1::Map::parse(written.map);
    Bytes &chunk = written.chunks.at(map.name(1));
    chunk[3] ^= 1;
    EXPECT_EQ(Errc::chunk_corrupt, error_of([&] { map.decrypt(pool, 1, chunk); }));
    EXPECT_EQ(Errc::chunk_corrupt, error_of([&] { map.decrypt(pool, 1, {}); }));
    EXPECT_EQ(Errc::invalid_range, error_of([&] { map.decrypt(pool, 3, chunk); }));
    EXPECT_EQ(Errc::invalid_range, error_of([&] { map.name(3); }));
}

// A map that lies about what is behind the name.
TEST_F(S1Test, TheMapsSizeAndContentHashHold) {
    const Written written = write(sample(10'000));
    constexpr std::size_t entry = 4 + 8, size_at = entry + 4 + 40 + 40, hash_at = entry + 4 + 40 + 8;
    for (const std::size_t at : {size_at, hash_at}) {
        Bytes bytes = written.map;
        bytes[at] ^= 1;
        const s1::Map map = s1::Map::parse(bytes);
        EXPECT_EQ(Errc::chunk_corrupt, error_of([&] { map.decrypt(pool, 0, written.chunks.at(map.name(0))); }));
    }
}

TEST_F(S1Test, HostileMapsAreRefused) {
    const Bytes good = write(sample(10'000)).map;
    const auto refused = [](Bytes bytes) { return error_of([&] { s1::Map::parse(bytes); }) == Errc::bad_data_map; };
    for (std::size_t size = 0; size < good.size(); ++size)
        EXPECT_TRUE(refused(Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size)))) << size;
    Bytes bytes = good;
    bytes.push_back(0);
    EXPECT_TRUE(refused(bytes)) << "trailing byte";
    for (const std::size_t at : {0, 4, 11, 12, 16, 23, 99}) {
        bytes = good;
        bytes[at] ^= 0x40;
        EXPECT_TRUE(refused(bytes)) << "byte " << at;
    }
    bytes = good;
    bytes[12] = 1; // chunk 1 twice, none 0
    EXPECT_TRUE(refused(bytes));
}

TEST(Format, IsNamedOrRefusedByName) {
    EXPECT_EQ(ChunkFormat::c2, format_from_name("c2"));
    EXPECT_EQ(ChunkFormat::s1, format_from_name("s1"));
    for (const char *name : {"s0", "a0", "a1"})
        EXPECT_EQ(Errc::unsupported_format, error_of([&] { format_from_name(name); }));
    EXPECT_EQ(Errc::invalid_argument, error_of([] { format_from_name("C3"); }));
}

} // namespace
} // namespace safe
