#include "crypto/sign.hpp"

#include "base/error.hpp"
#include "unit/crypto/hex.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace safe::crypto {
namespace {

using test::bytes_of_hex;
using test::hex_of;

template <std::size_t size>
std::array<Byte, size> array_of_hex(std::string_view text) {
    const Bytes bytes = bytes_of_hex(text);
    if (bytes.size() != size) throw std::invalid_argument("a vector of another size");
    std::array<Byte, size> out;
    std::copy(bytes.begin(), bytes.end(), out.begin());
    return out;
}

// RFC 8032 section 7.1: tests 1, 2, 3, 1024 and SHA(abc).
struct Ed25519Vector {
    const char *seed, *public_key, *message, *signature;
};
constexpr Ed25519Vector vectors[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
     "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
     "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
     "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"},
    {"f5e5767cf153319517630f226876b86c8160cc583bc013744c6bf255f5cc0ee5",
     "278117fc144c72340f67d0f2316e8386ceffbf2b2428c9c51fef7c597f1d426e",
     "08b8b2b733424243760fe426a4b54908632110a66c2f6591eabd3345e3e4eb98fa6e264bf09efe12ee50f8f54e9f77b1e355f"
     "6c50544e23fb1433ddf73be84d879de7c0046dc4996d9e773f4bc9efe5738829adb26c81b37c93a1b270b20329d658675fc6e"
     "a534e0810a4432826bf58c941efb65d57a338bbd2e26640f89ffbc1a858efcb8550ee3a5e1998bd177e93a7363c344fe6b199"
     "ee5d02e82d522c4feba15452f80288a821a579116ec6dad2b3b310da903401aa62100ab5d1a36553e06203b33890cc9b832f7"
     "9ef80560ccb9a39ce767967ed628c6ad573cb116dbefefd75499da96bd68a8a97b928a8bbc103b6621fcde2beca1231d206be"
     "6cd9ec7aff6f6c94fcd7204ed3455c68c83f4a41da4af2b74ef5c53f1d8ac70bdcb7ed185ce81bd84359d44254d95629e9855"
     "a94a7c1958d1f8ada5d0532ed8a5aa3fb2d17ba70eb6248e594e1a2297acbbb39d502f1a8c6eb6f1ce22b3de1a1f40cc24554"
     "119a831a9aad6079cad88425de6bde1a9187ebb6092cf67bf2b13fd65f27088d78b7e883c8759d2c4f5c65adb7553878ad575"
     "f9fad878e80a0c9ba63bcbcc2732e69485bbc9c90bfbd62481d9089beccf80cfe2df16a2cf65bd92dd597b0707e0917af48bb"
     "b75fed413d238f5555a7a569d80c3414a8d0859dc65a46128bab27af87a71314f318c782b23ebfe808b82b0ce26401d2e22f0"
     "4d83d1255dc51addd3b75a2b1ae0784504df543af8969be3ea7082ff7fc9888c144da2af58429ec96031dbcad3dad9af0dcba"
     "aaf268cb8fcffead94f3c7ca495e056a9b47acdb751fb73e666c6c655ade8297297d07ad1ba5e43f1bca32301651339e22904"
     "cc8c42f58c30c04aafdb038dda0847dd988dcda6f3bfd15c4b4c4525004aa06eeff8ca61783aacec57fb3d1f92b0fe2fd1a85"
     "f6724517b65e614ad6808d6f6ee34dff7310fdc82aebfd904b01e1dc54b2927094b2db68d6f903b68401adebf5a7e08d78ff4"
     "ef5d63653a65040cf9bfd4aca7984a74d37145986780fc0b16ac451649de6188a7dbdf191f64b5fc5e2ab47b57f7f7276cd41"
     "9c17a3ca8e1b939ae49e488acba6b965610b5480109c8b17b80e1b7b750dfc7598d5d5011fd2dcc5600a32ef5b52a1ecc820e"
     "308aa342721aac0943bf6686b64b2579376504ccc493d97e6aed3fb0f9cd71a43dd497f01f17c0e2cb3797aa2a2f256656168"
     "e6c496afc5fb93246f6b1116398a346f1a641f3b041e989f7914f90cc2c7fff357876e506b50d334ba77c225bc307ba537152"
     "f3f1610e4eafe595f6d9d90d11faa933a15ef1369546868a7f3a45a96768d40fd9d03412c091c6315cf4fde7cb68606937380"
     "db2eaaa707b4c4185c32eddcdd306705e4dc1ffc872eeee475a64dfac86aba41c0618983f8741c5ef68d3a101e8a3b8cac60c"
     "905c15fc910840b94c00a0b9d0",
     "0aab4c900501b3e24d7cdf4663326a3a87df5e4843b2cbdb67cbf6e460fec350"
     "aa5371b1508f9f4528ecea23c436d94b5e8fcd4f681e30a6ac00a9704a188a03"},
    {"833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
     "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4"
     "423643ce80e2a9ac94fa54ca49f",
     "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589"
     "09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704"},
};

TEST(SigningKey, SignsAsTheRfcSays) {
    for (const Ed25519Vector &v : vectors) {
        const SigningKey key = SigningKey::from_seed(bytes_of_hex(v.seed));
        EXPECT_EQ(v.public_key, hex_of(key.public_key()));
        EXPECT_EQ(v.signature, hex_of(key.sign(bytes_of_hex(v.message))));
    }
}

TEST(Verify, AcceptsTheRfcsSignatures) {
    for (const Ed25519Vector &v : vectors)
        EXPECT_TRUE(verify(array_of_hex<32>(v.public_key), bytes_of_hex(v.message), array_of_hex<64>(v.signature)));
}

TEST(Verify, RefusesEveryChangedBit) {
    const Ed25519Vector &v = vectors[2];
    const PublicKey key = array_of_hex<32>(v.public_key);
    const Bytes message = bytes_of_hex(v.message);
    const Signature signature = array_of_hex<64>(v.signature);
    const auto flip = [](auto bytes, std::size_t bit) {
        bytes[bit / 8] ^= static_cast<Byte>(1 << bit % 8);
        return bytes;
    };
    for (std::size_t bit = 0; bit < 512; ++bit) EXPECT_FALSE(verify(key, message, flip(signature, bit))) << bit;
    for (std::size_t bit = 0; bit < 256; ++bit) EXPECT_FALSE(verify(flip(key, bit), message, signature)) << bit;
    for (std::size_t bit = 0; bit < 16; ++bit) EXPECT_FALSE(verify(key, flip(message, bit), signature)) << bit;
}

// Wycheproof (github.com/C2SP/wycheproof), ed25519_test.json: what a careless verifier accepts. Above all a scalar
// that is not reduced, which would give one mutation two signatures and so a record two hashes.
struct Forgery {
    int id;
    const char *public_key, *message, *signature;
};
constexpr Forgery forgeries[] = {
    {10, "7d4d0e7f6153a69b6242b522abbee685fda4420f8834b108c3bdae369ef549fa", "3f",
     "0000000000000000000000000000000000000000000000000000000000000000"
     "0000000000000000000000000000000000000000000000000000000000000000"},
    {42, "7d4d0e7f6153a69b6242b522abbee685fda4420f8834b108c3bdae369ef549fa", "313233343030",
     "647c1492402ab5ce03e2c3a7f0384d051b9cf3570f1207fc78c1bcc98c281c2b"
     "1d125e5538f38afbcc1c84e489521083041d24bc6240767029da063271a1ff0c"},
    {60, "7d4d0e7f6153a69b6242b522abbee685fda4420f8834b108c3bdae369ef549fa", "313233343030",
     "0000000000000000000000000000000000000000000000000000000000000000"
     "e0b8e7770d51c7a36375d006c5bffd6af43ff54aaf47e4330dc118c71d61ec02"},
    {61, "7d4d0e7f6153a69b6242b522abbee685fda4420f8834b108c3bdae369ef549fa", "313233343030",
     "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
     "463a1908382e7eb7693acef9884f7cf931a215e0791876be22c631a59881fd0e"},
    {63, "7d4d0e7f6153a69b6242b522abbee685fda4420f8834b108c3bdae369ef549fa", "54657374",
     "7c38e026f29e14aabd059a0f2db8b0cd783040609a8be684db12f82a27774ab0"
     "67654bce3832c2d76f8f6f5dafc08d9339d4eef676573336a5c51eb6f946b31d"},
    {64, "7d4d0e7f6153a69b6242b522abbee685fda4420f8834b108c3bdae369ef549fa", "54657374",
     "7c38e026f29e14aabd059a0f2db8b0cd783040609a8be684db12f82a27774ab0"
     "5439412b5395d42f462c67008eba6ca839d4eef676573336a5c51eb6f946b32d"},
    {66, "7d4d0e7f6153a69b6242b522abbee685fda4420f8834b108c3bdae369ef549fa", "54657374",
     "7c38e026f29e14aabd059a0f2db8b0cd783040609a8be684db12f82a27774ab0"
     "e2300459f1e742404cd934d2c595a6253ad4eef676573336a5c51eb6f946b38d"},
    {85, "100fdf47fb94f1536a4f7c3fda27383fa03375a8f527c537e6f1703c47f94f86",
     "6a0bc2b0057cedfc0fa2e3f7f7d39279b30f454a69dfd1117c758d86b19d85e0",
     "0971f86d2c9c78582524a103cb9cf949522ae528f8054dc20107d999be673ff4"
     "e25ebf2f2928766b1248bec6e91697775f8446639ede46ad4df4053000000010"},
    {151, "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "313233343030",
     "0100000000000000000000000000000000000000000000000000000000000080"
     "c803ee1f2342aa96ff698a393d1ab5e66f3eda101d6d120b394c3fd32c117d0a"},
};

TEST(Verify, RefusesMalleableAndMalformedSignatures) {
    for (const Forgery &f : forgeries)
        EXPECT_FALSE(verify(array_of_hex<32>(f.public_key), bytes_of_hex(f.message), array_of_hex<64>(f.signature)))
            << f.id;
}

TEST(Verify, RefusesKeysOfSmallOrder) {
    // The neutral element as key and as R, with scalar 0, satisfies the bare equation for every message.
    PublicKey key{};
    key[0] = 1;
    Signature signature{};
    signature[0] = 1;
    EXPECT_FALSE(verify(key, view_of("anything"), signature));
}

TEST(SigningKey, TheSeedItExportsMakesTheSameKey) {
    SodiumRandom random;
    const SigningKey key = SigningKey::generate(random);
    Bytes32 seed{};
    key.export_seed(seed);
    const SigningKey again = SigningKey::from_seed(seed);
    EXPECT_EQ(key.public_key(), again.public_key());
    EXPECT_EQ(key.sign(view_of("x")), again.sign(view_of("x")));
}

TEST(SigningKey, GeneratedKeysDiffer) {
    SodiumRandom random;
    EXPECT_NE(SigningKey::generate(random).public_key(), SigningKey::generate(random).public_key());
}

TEST(SigningKey, IsMadeFromWhatTheRandomPortGives) {
    class Fixed : public Random {
      public:
        void fill(MutableView out) override { std::copy(seed.begin(), seed.end(), out.begin()); }
        Bytes seed = bytes_of_hex(vectors[0].seed);
    } random;
    EXPECT_EQ(vectors[0].public_key, hex_of(SigningKey::generate(random).public_key()));
}

TEST(SigningKey, TakesSeedsOf32BytesOnly) {
    for (const std::size_t size : {0u, 31u, 33u, 64u}) {
        try {
            SigningKey::from_seed(Bytes(size));
            ADD_FAILURE() << size;
        } catch (const Error &error) {
            EXPECT_EQ(Errc::bad_key, error.code());
            EXPECT_EQ("a signing key's seed has 32 bytes, but " + std::to_string(size) + " were given",
                      error.message());
        }
    }
}

TEST(SigningKey, ACopySignsAfterTheOriginalIsGone) {
    Signature expected;
    const SigningKey copy = [&] {
        const SigningKey key = SigningKey::from_seed(bytes_of_hex(vectors[0].seed));
        expected = key.sign(view_of("x"));
        return SigningKey(key);
    }();
    EXPECT_EQ(expected, copy.sign(view_of("x")));
}

TEST(SodiumRandom, FillsEveryByte) {
    SodiumRandom random;
    for (const std::size_t size : {0u, 1u, 32u, 1000u}) {
        Bytes seen(size);
        for (int round = 0; round < 64; ++round) {
            Bytes drawn(size);
            random.fill(drawn);
            for (std::size_t i = 0; i < size; ++i) seen[i] |= drawn[i];
        }
        // A byte that 64 rounds leave at 0 was not written: by chance that happens once in 2^512.
        EXPECT_EQ(0, std::count(seen.begin(), seen.end(), 0)) << size;
    }
}

} // namespace
} // namespace safe::crypto
