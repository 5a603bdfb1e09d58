// All of BLAKE3's own test_vectors.json (github.com/BLAKE3-team/BLAKE3, test_vectors): 35 inputs, three modes, 131 bytes of
// output each. Of the outputs of a mode, one after the other in the order of the file, the SHA3-256 is here:
//
//   for mode in ("hash", "keyed_hash", "derive_key"):
//       print(hashlib.sha3_256(b"".join(bytes.fromhex(case[mode]) for case in vectors["cases"])).hexdigest())
#include "crypto/hash.hpp"
#include "unit/crypto/hex.hpp"

#include <blake3.h>
#include <gtest/gtest.h>

namespace safe::crypto {
namespace {

constexpr std::size_t output_size = 131;
constexpr std::size_t input_sizes[] = {0,    1,    2,    3,    4,    5,    6,    7,    8,     63,    64,    65,
                                       127,  128,  129,  1023, 1024, 1025, 2048, 2049, 3072,  3073,  4096,  4097,
                                       5120, 5121, 6144, 6145, 7168, 7169, 8192, 8193, 16384, 31744, 102400};
const auto *const key = reinterpret_cast<const std::uint8_t *>("whats the Elvish word for friend");

template <class Begin>
std::string digest_of_outputs(Begin begin) {
    Bytes all;
    for (const std::size_t size : input_sizes) {
        Bytes input(size);
        for (std::size_t i = 0; i < size; ++i) input[i] = static_cast<Byte>(i % 251);
        blake3_hasher hasher;
        begin(&hasher);
        blake3_hasher_update(&hasher, input.data(), input.size());
        std::uint8_t output[output_size];
        blake3_hasher_finalize(&hasher, output, sizeof output);
        for (const std::uint8_t byte : output) all.push_back(static_cast<Byte>(byte));
    }
    return test::hex_of(sha3_256(all));
}

TEST(Blake3Vectors, Hash) {
    EXPECT_EQ("fbcf7de7250c9a479636234b43abee968ff01fad5ae229303c3f4854cc8c7823",
              digest_of_outputs([](blake3_hasher *hasher) { blake3_hasher_init(hasher); }));
}

TEST(Blake3Vectors, KeyedHash) {
    EXPECT_EQ("520eb77f941bb3a2df7f14ed3b185c504da77e4decf5632d61ea4cf966cbc078",
              digest_of_outputs([](blake3_hasher *hasher) { blake3_hasher_init_keyed(hasher, key); }));
}

TEST(Blake3Vectors, DeriveKey) {
    EXPECT_EQ("257b86e6e58274caad9457a2327d9525ccbb262f12734c755509f1203b33ed5f",
              digest_of_outputs([](blake3_hasher *hasher) {
                  blake3_hasher_init_derive_key(hasher, "BLAKE3 2019-12-27 16:29:52 test vectors context");
              }));
}

} // namespace
} // namespace safe::crypto
