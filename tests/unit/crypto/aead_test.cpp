#include "crypto/aead.hpp"

#include "base/error.hpp"
#include "unit/crypto/hex.hpp"

#include <gtest/gtest.h>

namespace safe::crypto {
namespace {

using test::bytes_of_hex;
using test::hex_of;

Bytes sealed(ByteView plain, ByteView key, ByteView nonce) {
    Bytes buffer(plain.begin(), plain.end());
    buffer.resize(plain.size() + tag_size);
    chacha_seal(buffer, key, nonce);
    return buffer;
}

// Wycheproof (github.com/C2SP/wycheproof), chacha20_poly1305_test.json: valid cases without additional data.
struct ChachaVector {
    int id;
    const char *key, *nonce, *plain, *cipher, *tag;
};
constexpr ChachaVector chacha_vectors[] = {
    {2, "80ba3192c803ce965ea371d5ff073cf0f43b6a2ab576b208426e11409c09b9b0", "4da5bf8dfd5852c1ea12379d", "", "",
     "76acb342cf3166a5b63c0c0ea1383c8d"},
    {4, "cc56b680552eb75008f5484b4cb803fa5063ebd6eab91f6ab6aef4916a766273", "99e23ec48985bccdeeab60f1", "2a", "3a",
     "cac27dec0968801e9f6eded69d807522"},
    {32, "67119627bd988eda906219e08c0d0d779a07d208ce8a4fe0709af755eeec6dcb", "68ab7fdbf61901dad461d23c",
     "51f8c1f731ea14acdb210a6d973e07", "0b29638e1fbdd6df53970be2210042", "2a9134087d67a46e79178d0a93f5e1d2"},
    {34, "59d4eafb4de0cfc7d3db99a8f54b15d7b39f0acc8da69763b019c1699f87674a", "2fcb1b38a99e71b84740ad9b",
     "549b365af913f3b081131ccb6b825588", "e9110e9f56ab3ca483500ceabab67a13", "836ccabf15a6a22a51c1071cfa68fa0c"},
    {36, "3b2458d8176e1621c0cc24c0c0e24c1e80d72f7ee9149a4b166176629616d011", "45aaa3e5d16d2d42dc03445d",
     "3ff1514b1c503915918f0c0c31094a6e1f", "02cc3acb5ee1fcdd12a03bb857976474d3", "d83b7463a2c3800fe958c28eaa290813"},
    {66, "e1731d5854e1b70cb3ffe8b786a2b3ebf0994370954757b9dc8c7bc5354634a3", "72cfd90ef3026ca22b7e6e6a",
     "b9c554cbc36ac18ae897df7beecac1dbeb4eafa156bb60ce2e5d48f05715e678",
     "ea29afa49d36e8760f5fe19723b9811ed5d519934a440f5081ac430b953b0e21", "222541af46b86533c6b68d2ff108a7ea"},
    {72, "5b1d1035c0b17ee0b0444767f80a25b8c1b741f4b50a4d3052226baa1c6fb701", "d61040a313ed492823cc065b",
     "d096803181beef9e008ff85d5ddc38ddacf0f09ee5f7e07f1e4079cb64d0dc8f5e6711cd4921a7887de76e2678fdc67618f11"
     "85586bfea9d4c685d50e4bb9a82",
     "9a4ef22b181677b5755c08f747c0f8d8e8d4c18a9cc2405c12bb51bb1872c8e8b877678bec442cfcbb0ff464a64b74332cf07"
     "2898c7e0eddf6232ea6e27efe50",
     "9ff3427a0f32fa566d9ca0a78aefc013"},
    {78, "d7addd3889fadf8c893eee14ba2b7ea5bf56b449904869615bd05d5f114cf377", "8a3ad26b28cd13ba6504e260",
     "c877a76bf595560772167c6e3bcc705305db9c6fcbeb90f4fea85116038bc53c3fa5b4b4ea0de5cc534fbe1cf9ae44824c6c2"
     "c0a5c885bd8c3cdc906f12675737e434b983e1e231a52a275db5fb1a0cac6a07b3b7dcb19482a5d3b06a9317a54826cea6b36"
     "fce452fa9b5475e2aaf25499499d8a8932a19eb987c903bd8502fe",
     "294a764c03353f5f4f6e93cd7e977480d6c343071db0b7c1f0db1e95b85e6053f0423168a9c7533268db9a194e7665359d144"
     "89bc47172a9f21370e89b0bd0e5ef9661738de282572bcc3e541247626e57e75dec0f91ac5c530bd1a53271842996dcd04d86"
     "5321b1ecb6e7630114fe780291b8dc3e5d0abc8e65b1c5493e9af0",
     "f2b974ca0f14fb9f92014bff18573cff"},
    {84, "317ba331307f3a3d3d82ee1fdab70f62a155af14daf631307a61b187d413e533", "a6687cf508356b174625deaa",
     "32c1d09107c599d3cce4e782179c966c6ef963689d45351dbe0f6f881db273e54db76fc48fdc5d30f089da838301a5f924bba"
     "3c044e19b3ed5aa6be87118554004ca30e0324337d987839412bf8f8bbdd537205d4b0e2120e965373235d6cbd2fb3776ba0a"
     "384ec1d9b7c631a0379ff997c3f974a6f7bbf4fd23016211f5fc10acadb5e400d2ff0fdfd193f5c6fc6d4f7271dfd1349ed80"
     "fbedaebb155b9b02fb3074495d55f9a2455f59bf6f113191a029c6b0ba75d97cdc0c84f131836337f29f9d96ca448eec0cc46"
     "d1ca8b3735661979d83302fec08fffcf5e58f12b1e7050657b1b97c64a4e07e317f554f8310b6ccb49f36d48c57816d24952a"
     "ada711d4f",
     "2152f1edb34c35b43f7176809ecf6db0a0a2afaa18392744f7bb1d4a4c026c374bc28fb560987d0259da7b59a1920528a1922"
     "11244f8b9446f3e680a54e4c0c66d4c60449ccb2e9244cec83622cdce99f5aafb8cb37d70bc866a045202cff331c783ff953b"
     "a053bd2db6086ac351878f0deaf49d92d0dded0a39182da35dac8c47e14cfe258aa4c85903c4ec1739261221a75e918b5ef24"
     "ca1ef1beb7a32e1890548d34cab34b4bcefad5d5d110cf6fd4e42ff4e35c24e8b6295130c5dd914e96b1f89838018914adf2e"
     "17426ff36965a738892007a74111c977a6d78250b912a539909d6ac350f37a67ec0fb0aafba26f2df1814691987145bcb3d80"
     "a815daba2",
     "a17ed683b37ce537184298103ad6a8c3"},
};

TEST(Chacha20Poly1305, SealsAsWycheproofsVectorsSay) {
    for (const ChachaVector &v : chacha_vectors)
        EXPECT_EQ(std::string(v.cipher) + v.tag,
                  hex_of(sealed(bytes_of_hex(v.plain), bytes_of_hex(v.key), bytes_of_hex(v.nonce))))
            << v.id;
}

TEST(Chacha20Poly1305, OpensAsWycheproofsVectorsSay) {
    for (const ChachaVector &v : chacha_vectors) {
        Bytes buffer = bytes_of_hex(std::string(v.cipher) + v.tag);
        ASSERT_TRUE(chacha_open(buffer, bytes_of_hex(v.key), bytes_of_hex(v.nonce))) << v.id;
        EXPECT_EQ(v.plain, hex_of(ByteView(buffer).first(buffer.size() - tag_size))) << v.id;
    }
}

// RFC 8439 section 2.8.2. Its tag covers additional data, which we never have; the ciphertext does not depend on it.
TEST(Chacha20Poly1305, EncryptsAsTheRfcSays) {
    const Bytes box =
        sealed(view_of("Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the "
                       "future, sunscreen would be it."),
               bytes_of_hex("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"),
               bytes_of_hex("070000004041424344454647"));
    EXPECT_EQ("d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92"
              "728b1a71de0a9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b"
              "4831d7bc3ff4def08e4b7a9de576d26586cec64b6116",
              hex_of(ByteView(box).first(box.size() - tag_size)));
}

TEST(Chacha20Poly1305, RefusesEveryChangedBit) {
    const Bytes key(32, 1), nonce(12, 2), plain(70, 3);
    const Bytes box = sealed(plain, key, nonce);
    for (std::size_t bit = 0; bit < box.size() * 8; ++bit) {
        Bytes changed = box;
        changed[bit / 8] ^= static_cast<Byte>(1 << bit % 8);
        EXPECT_FALSE(chacha_open(changed, key, nonce)) << bit;
    }
}

TEST(Chacha20Poly1305, RefusesAnotherKeyAnotherNonceAndEveryOtherLength) {
    const Bytes key(32, 1), nonce(12, 2), plain(70, 3);
    const Bytes box = sealed(plain, key, nonce);
    Bytes copy = box;
    EXPECT_FALSE(chacha_open(copy, Bytes(32, 9), nonce));
    copy = box;
    EXPECT_FALSE(chacha_open(copy, key, Bytes(12, 9)));
    for (std::size_t size = 0; size < box.size(); ++size) {
        Bytes shorter(box.begin(), box.begin() + static_cast<std::ptrdiff_t>(size));
        EXPECT_FALSE(chacha_open(shorter, key, nonce)) << size;
    }
    copy = box;
    EXPECT_TRUE(chacha_open(copy, key, nonce));
}

template <class Call>
Errc code_of(Call call) {
    try {
        call();
    } catch (const Error &error) {
        return error.code();
    }
    return Errc::ok;
}

TEST(Aead, KeysAndNoncesOfTheWrongSizeAreErrorsAndNotReads) {
    Bytes buffer(32), plain;
    const Bytes k31(31), k32(32), n11(11), n12(12), n24(24);
    EXPECT_EQ(Errc::bad_key, code_of([&] { chacha_seal(buffer, k31, n12); }));
    EXPECT_EQ(Errc::bad_key, code_of([&] { chacha_seal(buffer, k32, n11); }));
    EXPECT_EQ(Errc::bad_key, code_of([&] { (void)chacha_open(buffer, k32, n24); }));
    EXPECT_EQ(Errc::bad_key, code_of([&] { (void)secretbox_seal(buffer, k31, n24); }));
    EXPECT_EQ(Errc::bad_key, code_of([&] { (void)secretbox_open(buffer, k32, n12, plain); }));
    Bytes short_buffer(15);
    EXPECT_EQ(Errc::invalid_argument, code_of([&] { chacha_seal(short_buffer, k32, n12); }));
}

// NaCl's tests/secretbox.c and secretbox.out (the same in libsodium's test/default/secretbox_easy).
const Bytes nacl_key = bytes_of_hex("1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389");
const Bytes nacl_nonce = bytes_of_hex("69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37");
constexpr const char *nacl_plain =
    "be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffce5ecbaaf33bd751a1ac728d45e6c61296cdc3c"
    "01233561f41db66cce314adb310e3be8250c46f06dceea3a7fa1348057e2f6556ad6b1318a024a838f21af1fde048977eb48f5"
    "9ffd4924ca1c60902e52f0a089bc76897040e082f937763848645e0705";
constexpr const char *nacl_box =
    "f3ffc7703f9400e52a7dfb4b3d3305d98e993b9f48681273c29650ba32fc76ce48332ea7164d96a4476fb8c531a1186ac0dfc1"
    "7c98dce87b4da7f011ec48c97271d2c20f9b928fe2270d6fb863d51738b48eeee314a7cc8ab932164548e526ae90224368517a"
    "cfeabd6bb3732bc0e9da99832b61ca01b6de56244a9e88d5f9b37973f622a43d14a6599b1f654cb45a74e355a5";

TEST(Secretbox, SealsAndOpensNaclsVector) {
    EXPECT_EQ(nacl_box, hex_of(secretbox_seal(bytes_of_hex(nacl_plain), nacl_key, nacl_nonce)));
    Bytes plain;
    ASSERT_TRUE(secretbox_open(bytes_of_hex(nacl_box), nacl_key, nacl_nonce, plain));
    EXPECT_EQ(nacl_plain, hex_of(plain));
}

TEST(Secretbox, RefusesEveryChangedByteAndEveryOtherLengthAndLeavesTheOutputAlone) {
    const Bytes box = bytes_of_hex(nacl_box);
    const Bytes untouched{1, 2, 3};
    Bytes plain = untouched;
    for (std::size_t i = 0; i < box.size(); ++i) {
        Bytes changed = box;
        changed[i] ^= 0x10;
        EXPECT_FALSE(secretbox_open(changed, nacl_key, nacl_nonce, plain)) << i;
        EXPECT_FALSE(secretbox_open(ByteView(box).first(i), nacl_key, nacl_nonce, plain)) << i;
    }
    EXPECT_EQ(untouched, plain);
}

TEST(Secretbox, HoldsNothingToo) {
    const Bytes box = secretbox_seal({}, nacl_key, nacl_nonce);
    EXPECT_EQ(tag_size, box.size());
    Bytes plain{1};
    ASSERT_TRUE(secretbox_open(box, nacl_key, nacl_nonce, plain));
    EXPECT_TRUE(plain.empty());
}

} // namespace
} // namespace safe::crypto
