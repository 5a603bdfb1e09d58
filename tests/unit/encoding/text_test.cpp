#include "encoding/text.hpp"

#include "unit/encoding/support.hpp"

namespace safe {
namespace {

TEST(Hex, IsWrittenInLowerCaseAndReadInBoth) {
    const Bytes bytes{0x00, 0x1f, 0xa0, 0xff};
    EXPECT_EQ("001fa0ff", to_hex(bytes));
    EXPECT_EQ(bytes, from_hex("001fa0ff"));
    EXPECT_EQ(bytes, from_hex("001FA0Ff"));
    EXPECT_EQ(Bytes{}, from_hex(""));
}

TEST(Hex, RefusesOddLengthsAndEveryOtherCharacter) {
    EXPECT_FALSE(from_hex("0"));
    EXPECT_FALSE(from_hex("001"));
    for (int c = 0; c < 256; ++c) {
        const bool digit = std::string_view("0123456789abcdefABCDEF").find(static_cast<char>(c)) != std::string::npos;
        EXPECT_EQ(digit, from_hex(std::string("0") + static_cast<char>(c)).has_value()) << c;
        EXPECT_EQ(digit, from_hex(static_cast<char>(c) + std::string("0")).has_value()) << c;
    }
}

TEST(Hex, AddressesHaveExactly64Digits) {
    EXPECT_EQ(test::filled(0xab), bytes32_from_hex(to_hex(test::filled(0xab))));
    EXPECT_FALSE(bytes32_from_hex(std::string(62, 'a')));
    EXPECT_FALSE(bytes32_from_hex(std::string(66, 'a')));
    EXPECT_FALSE(bytes32_from_hex(std::string(63, 'a') + "g"));
}

// RFC 4648 section 10, in lower case and without padding.
TEST(Base32, WritesAndReadsTheRfcsVectors) {
    const std::pair<const char *, const char *> vectors[] = {
        {"", ""},
        {"f", "my"},
        {"fo", "mzxq"},
        {"foo", "mzxw6"},
        {"foob", "mzxw6yq"},
        {"fooba", "mzxw6ytb"},
        {"foobar", "mzxw6ytboi"},
    };
    for (const auto &[plain, encoded] : vectors) {
        EXPECT_EQ(encoded, to_base32(view_of(plain)));
        const auto decoded = from_base32(encoded);
        ASSERT_TRUE(decoded) << encoded;
        EXPECT_EQ(plain, text_of(*decoded));
    }
}

TEST(Base32, EveryTextThatIsReadIsTheOneThatIsWritten) {
    // All texts of one and two digits, and all last digits of longer ones.
    const std::string_view digits = "abcdefghijklmnopqrstuvwxyz234567";
    for (const std::string_view stem : {"", "a", "7", "mzx", "mzxw", "mzxw6y", "mzxw6yt", "mzxw6ytb"})
        for (const char last : digits) {
            const std::string text = std::string(stem) + last;
            const auto bytes = from_base32(text);
            EXPECT_TRUE(!bytes || to_base32(*bytes) == text) << text;
        }
    EXPECT_TRUE(from_base32("my"));
    EXPECT_FALSE(from_base32("mz")); // a stray bit
    EXPECT_FALSE(from_base32("m"));  // no byte has five bits
    EXPECT_FALSE(from_base32("mzx"));
    EXPECT_FALSE(from_base32("mzxw6y"));
}

TEST(Base32, RefusesEveryOtherCharacter) {
    for (int c = 0; c < 256; ++c) {
        const bool digit = (c >= 'a' && c <= 'z') || (c >= '2' && c <= '7');
        EXPECT_EQ(digit, from_base32(std::string("mzxw6yt") + static_cast<char>(c)).has_value()) << c;
    }
}

TEST(Utf8, AcceptsTheFirstAndLastCodePointOfEveryLength) {
    for (const std::string_view text :
         {std::string_view(""), std::string_view("\0", 1), std::string_view("\x7f"), std::string_view("\xc2\x80"),
          std::string_view("\xdf\xbf"), std::string_view("\xe0\xa0\x80"), std::string_view("\xed\x9f\xbf"),
          std::string_view("\xee\x80\x80"), std::string_view("\xef\xbf\xbf"), std::string_view("\xf0\x90\x80\x80"),
          std::string_view("\xf4\x8f\xbf\xbf"), std::string_view("gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80 end")})
        EXPECT_TRUE(is_utf8(text)) << to_hex(view_of(text));
}

// Unicode 15 section 3.9, table 3-7, and what lies beside it.
TEST(Utf8, RefusesOverlongFormsSurrogatesStrayAndMissingBytesAndTooLargeValues) {
    for (const std::string_view text : {"\x80",
                                        "\xbf",
                                        "\xc0\x80",
                                        "\xc1\xbf",
                                        "\xc2",
                                        "\xc2\x7f",
                                        "\xc2\xc0",
                                        "\xe0\x80\x80",
                                        "\xe0\x9f\xbf",
                                        "\xe1\x80",
                                        "\xe1\x80\x7f",
                                        "\xed\xa0\x80",
                                        "\xed\xbf\xbf",
                                        "\xf0\x80\x80\x80",
                                        "\xf0\x8f\xbf\xbf",
                                        "\xf1\x80\x80",
                                        "\xf4\x90\x80\x80",
                                        "\xf5\x80\x80\x80",
                                        "\xff",
                                        "a\xfe"})
        EXPECT_FALSE(is_utf8(text)) << to_hex(view_of(text));
}

TEST(PlainText, HasNoControlCharacters) {
    EXPECT_TRUE(is_plain_text("report (final).pdf"));
    EXPECT_TRUE(is_plain_text("\xc2\xa0\xe4\xbd\xa0")); // U+00A0 is the first after the controls
    for (const std::string_view text :
         {std::string_view("\0", 1), std::string_view("a\nb"), std::string_view("\x1b[2J"), std::string_view("\x7f"),
          std::string_view("\xc2\x80"), std::string_view("\xc2\x9f"), std::string_view("\xff")})
        EXPECT_FALSE(is_plain_text(text)) << to_hex(view_of(text));
}

} // namespace
} // namespace safe
