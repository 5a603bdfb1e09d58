#include "net/payload_hash.hpp"

#include "crypto/hash.hpp"
#include "support/loop.hpp"

#include <gtest/gtest.h>

namespace safe::net {
namespace {

TEST(PayloadHash, IsThatOfTheBytesWhoeverHashesThem) {
    test::TestLoop loop;
    for (const std::size_t size : {std::size_t(0), std::size_t(16384), std::size_t(16385), std::size_t(4) << 20}) {
        const Blob payload(Bytes(size, Byte(7)));
        EXPECT_EQ(crypto::blake3(payload.view()), loop.run(payload_hash(loop.runtime(), payload)));
    }
}

} // namespace
} // namespace safe::net
