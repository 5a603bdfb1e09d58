#include "encoding/content.hpp"

#include "base/limits.hpp"
#include "unit/encoding/support.hpp"

namespace safe {
namespace {

using test::code_of;
using test::error_of;
using test::hex;
using test::sample_map;

TEST(Content, InlineBytesAreAnEnvelope) {
    EXPECT_EQ("539200c400", to_hex(encode(Content(Bytes{}))));
    EXPECT_EQ("539200c4026869", to_hex(encode(Content(Bytes{'h', 'i'}))));
}

TEST(Content, AMapIsUpstreamsMessagePackAndNothingElse) {
    EXPECT_EQ(to_msgpack(sample_map(3)), encode(Content(sample_map(3))));
}

TEST(Content, IsReadBack) {
    for (const Content &content : {Content(Bytes{}), Content(Bytes{0}), Content(Bytes(2, 0x93)), Content(Bytes(255)),
                                   Content(Bytes(256)), Content(Bytes(limits::max_inline, 7)), Content(sample_map(1)),
                                   Content(sample_map(3)), Content(sample_map(3, 1)), Content(sample_map(50))})
        EXPECT_EQ(content, decode_content(encode(content)));
}

TEST(Content, SizeIsKnownUnlessTheMapIsOfAMap) {
    EXPECT_EQ(0u, size_if_known(Content(Bytes{})));
    EXPECT_EQ(2u, size_if_known(Content(Bytes(2))));
    EXPECT_EQ(3u * 4190208, size_if_known(Content(sample_map(3))));
    EXPECT_EQ(UINT64_MAX, size_if_known(Content(sample_map(3, 1))));
}

TEST(Content, InlineBytesHaveALimitOnBothSides) {
    const Bytes more(limits::max_inline + 1);
    EXPECT_EQ(Errc::invalid_argument, code_of([&] { encode(Content(more)); }));
    Bytes forged = hex("53 92 00 c5 0401");
    forged.resize(forged.size() + 1025);
    EXPECT_EQ(Errc::bad_data_map, code_of([&] { decode_content(forged); }));
}

TEST(Content, EveryCutOffOrProlongedDescriptorIsRefused) {
    for (const Content &content : {Content(Bytes(300, 1)), Content(sample_map(3, 1))}) {
        Bytes bytes = encode(content);
        for (std::size_t size = 0; size < bytes.size(); ++size)
            EXPECT_EQ(Errc::bad_data_map, code_of([&] { decode_content(ByteView(bytes).first(size)); })) << size;
        bytes.push_back(0);
        EXPECT_EQ(Errc::bad_data_map, code_of([&] { decode_content(bytes); }));
    }
}

TEST(Content, AFormatOfTheFutureIsUnsupportedAndSaysSo) {
    const Error error = error_of([] { decode_content(hex("53 92 07 c0")); });
    EXPECT_EQ(Errc::unsupported_format, error.code());
    EXPECT_EQ("the content descriptor is of format 7, which this library does not know; upgrade libsafe",
              error.message());
}

TEST(Content, UpstreamsOldJsonMapIsUnsupportedAndSaysSo) {
    const Error error = error_of([] { decode_content(view_of("{\"chunk_identifiers\":[]}")); });
    EXPECT_EQ(Errc::unsupported_format, error.code());
    EXPECT_NE(std::string::npos, error.message().find("JSON"));
}

TEST(Content, AnythingElseIsSaidToBeNoDataMap) {
    for (unsigned first = 0; first < 256; ++first) {
        if (first == 0x53 || first == 0x93 || first == '{') continue;
        Bytes bytes(400, 0);
        bytes[0] = static_cast<Byte>(first);
        const Error error = error_of([&] { decode_content(bytes); });
        EXPECT_EQ(Errc::bad_data_map, error.code());
        EXPECT_TRUE(error.message().starts_with("this is not a data map")) << error.message();
    }
    EXPECT_EQ("the data map is empty (0 bytes)", error_of([] { decode_content({}); }).message());
}

} // namespace
} // namespace safe
