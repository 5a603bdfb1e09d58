// Sizes of chunks as they are written (reference/self_encryption.md A.3; figures of C.3b are upstream's own
// tests).
#include "selfencrypt/layout.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace safe {
namespace {

constexpr std::uint64_t M = limits::max_chunk_content;

std::vector<std::uint64_t> sizes(const Layout &layout) {
    std::vector<std::uint64_t> all;
    for (std::uint64_t i = 0; i < layout.count; ++i) all.push_back(layout.size_of(i));
    return all;
}
using Sizes = std::vector<std::uint64_t>;

TEST(Layout, ThreeNearlyEqualChunksBelowThreeFullOnes) {
    EXPECT_EQ((Sizes{323088, 323088, 323089}), sizes(layout_of(969265)));
    EXPECT_EQ((Sizes{341, 341, 342}), sizes(layout_of(1024)));
    EXPECT_EQ((Sizes{341, 341, 343}), sizes(layout_of(1025)));
    EXPECT_EQ((Sizes{1, 1, 1}), sizes(layout_of(3)));
    EXPECT_EQ(Sizes{}, sizes(layout_of(2)));
}

TEST(Layout, TheLastOfThreeMayBeOneByteAboveAFullChunk) {
    EXPECT_EQ((Sizes{M - 1, M - 1, M + 1}), sizes(layout_of(3 * M - 1)));
    EXPECT_EQ((Sizes{M, M, M}), sizes(layout_of(3 * M)));
}

TEST(Layout, FullChunksAndARestFromThereOn) {
    EXPECT_EQ((Sizes{M, M, M, 1}), sizes(layout_of(3 * M + 1)));
    EXPECT_EQ((Sizes{M, M, M, M}), sizes(layout_of(4 * M)));
    EXPECT_EQ(limits::max_chunks, layout_of(limits::max_file).count);
}

TEST(Layout, ARestBelowTheLeastSizeTakesFromTheChunkBefore) {
    constexpr std::uint64_t most = 1 << 20, least = 1024;
    EXPECT_EQ((Sizes{most, most, most - least, least + 1}), sizes(layout_of(3 * most + 1, most, least)));
    EXPECT_EQ((Sizes{most, most, most - least, least + 1023}), sizes(layout_of(3 * most + 1023, most, least)));
    EXPECT_EQ((Sizes{most, most, most, 1024}), sizes(layout_of(3 * most + 1024, most, least)));
    EXPECT_EQ(Sizes{}, sizes(layout_of(3071, most, least)));
    EXPECT_EQ((Sizes{1024, 1024, 1024}), sizes(layout_of(3072, most, least)));
}

TEST(Layout, ChunksFollowEachOtherAndFillTheContent) {
    for (const std::uint64_t size : {3 * M - 2, 3 * M - 1, 3 * M, 3 * M + 1, 7 * M + 12345, std::uint64_t{5}})
        for (const std::uint64_t least : {1, 1024}) {
            const Layout layout = layout_of(size, M, least);
            std::uint64_t at = 0;
            for (std::uint64_t i = 0; i < layout.count; ++i) {
                EXPECT_EQ(at, layout.start_of(i));
                at += layout.size_of(i);
            }
            if (layout.count) {
                EXPECT_EQ(size, at);
            }
        }
}

TEST(Predecessors, GoRoundTheBeginning) {
    using Two = std::array<std::uint64_t, 2>;
    EXPECT_EQ((Two{2, 1}), predecessors(0, 3));
    EXPECT_EQ((Two{0, 2}), predecessors(1, 3));
    EXPECT_EQ((Two{1, 0}), predecessors(2, 3));
    EXPECT_EQ((Two{8, 7}), predecessors(9, 21));
}

} // namespace
} // namespace safe
