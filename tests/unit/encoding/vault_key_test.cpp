// The key of a vault as text (docs/protocol.md, "Keys of vaults").
#include "encoding/vault_key.hpp"

#include "encoding/text.hpp"
#include "support.hpp"

#include <gtest/gtest.h>

namespace safe::test {
namespace {

Errc refusal_of(std::string_view text) {
    try {
        parse_vault_key(text);
    } catch (const Error &error) {
        return error.code();
    }
    return Errc::ok;
}

const crypto::PublicKey key = [] {
    crypto::PublicKey bytes;
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<Byte>(i * 7);
    return bytes;
}();

TEST(VaultKey, AsTextIsTheKeyAgain) {
    const std::string text = vault_key_text(key);
    EXPECT_EQ(56u, text.size());
    EXPECT_EQ(key, parse_vault_key(text));
}

TEST(VaultKey, IsTheTextOfTheDocument) {
    // By tests/protocol, an implementation of its own.
    EXPECT_EQ("yryyqdoidot1wcja87dr4in5cjwzy756osgj8gibinz5pxqr3xjp1zjf", vault_key_text(key));
}

TEST(VaultKey, WithAnyOtherCharacterIsRefused) {
    const std::string text = vault_key_text(key);
    for (std::size_t at = 0; at < text.size(); ++at) {
        for (const char other : std::string("ybndrfg8ejkmcpqxot1uwisza345h769lv02AY-#/ ")) {
            if (other == text[at]) continue;
            std::string wrong = text;
            wrong[at] = other;
            EXPECT_EQ(Errc::bad_url, refusal_of(wrong)) << at << other;
        }
    }
}

TEST(VaultKey, OfAnotherLengthIsRefused) {
    const std::string text = vault_key_text(key);
    for (std::size_t size = 0; size < text.size(); ++size) EXPECT_EQ(Errc::bad_url, refusal_of(text.substr(0, size)));
    EXPECT_EQ(Errc::bad_url, refusal_of(text + "y"));
    EXPECT_EQ(Errc::bad_url, refusal_of(std::string(100000, 'y')));
}

TEST(VaultKey, OfALaterVersionIsRefused) { EXPECT_EQ(Errc::bad_url, refusal_of(to_zbase32(Bytes(35, 2)))); }

} // namespace
} // namespace safe::test
