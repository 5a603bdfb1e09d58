// One chunk, there and back, and everything that can be wrong with it.
#include "selfencrypt/chunk.hpp"

#include "selfencrypt/brotli.hpp"
#include "selfencrypt/pad.hpp"
#include "support.hpp"

namespace safe {
namespace {

using namespace test;

class ChunkTest : public testing::Test {
  protected:
    BufferPoolRef pool = std::make_shared<BufferPool>(64 * limits::MiB);
    Bytes plain = sample(100'000);
    ChunkKeys keys{crypto::blake3(plain), crypto::blake3(view_of("before")), crypto::blake3(view_of("before that")), 5,
                   2};
    EncryptedChunk made = encrypt_chunk(pool, plain, keys);
    ChunkInfo info{5, made.address, keys.own, plain.size()};

    Bytes stored() const { return Bytes(made.bytes.view().begin(), made.bytes.view().end()); }
    Errc opening(ByteView bytes) {
        return error_of([&] { decrypt_chunk(pool, bytes, info, keys); });
    }
};

TEST_F(ChunkTest, ComesBack) {
    const Buffer back = decrypt_chunk(pool, stored(), info, keys);
    EXPECT_EQ(plain, Bytes(back.view().begin(), back.view().end()));
    EXPECT_EQ(crypto::blake3(stored()), made.address);
}

TEST_F(ChunkTest, EachInputOfTheKeyMatters) {
    std::vector<ChunkKeys> others(5, keys);
    ++others[0].index;
    ++others[1].level;
    ++others[2].own[31];
    ++others[3].before[0];
    ++others[4].before_that[0];
    for (const ChunkKeys &other : others) {
        EXPECT_NE(made.address, encrypt_chunk(pool, plain, other).address);
        EXPECT_EQ(Errc::chunk_corrupt, error_of([&] { decrypt_chunk(pool, stored(), info, other); }));
    }
}

TEST_F(ChunkTest, AChangedByteAnywhereIsCorrupt) {
    for (const std::size_t at : {std::size_t{0}, stored().size() / 2, stored().size() - 1}) {
        Bytes bytes = stored();
        bytes[at] ^= 1;
        EXPECT_EQ(Errc::chunk_corrupt, opening(bytes));
    }
}

// What a liar who knows the keys could store: the address then fits, and the layer behind must tell.
TEST_F(ChunkTest, ATamperedChunkUnderItsOwnAddressFailsTheTag) {
    Bytes bytes = stored();
    bytes[7] ^= 1;
    info.address = crypto::blake3(bytes);
    EXPECT_EQ(Errc::chunk_corrupt, opening(bytes));
}

TEST_F(ChunkTest, TheSizeOfTheMapHolds) {
    for (const std::uint64_t size : {plain.size() - 1, plain.size() + 1, std::size_t{1}}) {
        info.size = size;
        EXPECT_EQ(Errc::chunk_corrupt, opening(stored()));
    }
    info.size = UINT64_MAX;
    EXPECT_EQ(Errc::chunk_corrupt, opening(stored()));
}

TEST_F(ChunkTest, TheContentHashOfTheMapHolds) {
    info.content_hash[0] ^= 1;
    EXPECT_EQ(Errc::chunk_corrupt, opening(stored()));
}

TEST_F(ChunkTest, WhatIsTooShortOrTooLongIsCorrupt) {
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{16}, limits::max_stored_chunk + 1}) {
        const Bytes bytes(size);
        info.address = crypto::blake3(bytes);
        EXPECT_EQ(Errc::chunk_corrupt, opening(bytes));
    }
}

TEST_F(ChunkTest, TheLargestFitsIntoAChunkOfTheNetworkAndIntoItsBooking) {
    Bytes noise(M + 1);
    std::mt19937_64 random(7);
    for (Byte &b : noise) b = static_cast<Byte>(random());
    const EncryptedChunk chunk = encrypt_chunk(pool, noise, keys);
    EXPECT_LE(chunk.bytes.capacity(), chunk_booking(noise.size()));
    EXPECT_LE(chunk.bytes.size(), limits::max_stored_chunk);
    EXPECT_EQ(limits::chunk_memory, chunk_booking(limits::max_stored_chunk));
}

TEST_F(ChunkTest, LeavesNothingBehind) {
    made.bytes.reset();
    pool->trim();
    EXPECT_EQ(0u, pool->used());
}

class BrotliTest : public testing::Test {
  protected:
    BufferPoolRef pool = std::make_shared<BufferPool>(64 * limits::MiB);
    Bytes plain = sample(300'000);
    Buffer packed = brotli::compress(pool, plain, 1);

    Errc expanding(ByteView bytes, std::size_t size) {
        Bytes out(size);
        return error_of([&] { brotli::expand(pool, bytes, out); });
    }
};

TEST_F(BrotliTest, ComesBack) {
    Bytes out(plain.size());
    brotli::expand(pool, packed.view(), out);
    EXPECT_EQ(plain, out);
}

// Output overtakes input most easily where it is longest: in front of what does not compress.
TEST_F(BrotliTest, TakesThePlaceOfTheTextWithoutMeetingIt) {
    std::mt19937_64 random(11);
    for (const std::size_t size : {std::size_t{1}, std::size_t{100}, std::size_t{65'536}, std::size_t{65'537}, M + 1})
        for (const std::size_t noise : {size, size / 2, size / 5}) {
            Bytes text(size, 'x');
            for (std::size_t i = 0; i < noise; ++i) text[i] = static_cast<Byte>(random());
            Buffer place(pool, brotli::bound(size));
            place.append(text);
            brotli::compress(pool, place);
            Bytes out(size);
            brotli::expand(pool, place.view(), out);
            EXPECT_EQ(text, out) << size << ", " << noise;
        }
}

TEST_F(BrotliTest, StopsAtTheSizeItWasGiven) {
    EXPECT_EQ(Errc::chunk_corrupt, expanding(packed.view(), plain.size() - 1));
    EXPECT_EQ(Errc::chunk_corrupt, expanding(packed.view(), plain.size() + 1));
    EXPECT_EQ(Errc::chunk_corrupt, expanding(packed.view(), 1));
}

TEST_F(BrotliTest, ABombIsNotExpanded) {
    const Bytes zeros(64 * limits::MiB);
    const Buffer bomb = brotli::compress(pool, zeros, 0);
    ASSERT_LT(bomb.size(), 1000u);
    EXPECT_EQ(Errc::chunk_corrupt, expanding(bomb.view(), 4096));
}

TEST_F(BrotliTest, RefusesAnythingBehindTheStream) {
    packed.resize(packed.size() + 1);
    EXPECT_EQ(Errc::chunk_corrupt, expanding(packed.view(), plain.size()));
}

TEST_F(BrotliTest, RefusesAStreamCutShort) {
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, packed.size() / 2, packed.size() - 1})
        EXPECT_EQ(Errc::chunk_corrupt, expanding(packed.view().first(size), plain.size()));
}

TEST(Pad, RepeatsFromWhereverAPartBegins) {
    Bytes secret(52), from = sample(5000), to(5000);
    for (std::size_t i = 0; i < secret.size(); ++i) secret[i] = static_cast<Byte>(i * 7 + 1);
    const Pad<52> pad(secret);
    for (const std::size_t step : {5000, 832, 831, 100, 53, 1}) {
        for (std::size_t at = 0; at < from.size(); at += step) {
            const ByteView part = ByteView(from).subspan(at, std::min<std::size_t>(step, from.size() - at));
            pad.apply(part, to.data() + at, at);
        }
        for (std::size_t i = 0; i < from.size(); ++i) ASSERT_EQ(from[i] ^ secret[i % 52], to[i]) << step << " " << i;
    }
}

} // namespace
} // namespace safe
