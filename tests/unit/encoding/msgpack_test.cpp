#include "encoding/msgpack.hpp"

#include "unit/encoding/support.hpp"

#include <limits>
#include <utility>
#include <vector>

namespace safe::msgpack {
namespace {

using test::code_of;
using test::error_of;
using test::hex;

template <class Write>
std::string written(Write write) {
    Writer out;
    write(out);
    return to_hex(out.take());
}

Reader reader(const Bytes &bytes) { return Reader(bytes, "the test"); }

// Encodings from the specification (msgpack/spec.md); each is the shortest for its value.
const std::vector<std::pair<std::uint64_t, const char *>> numbers{
    {0, "00"},
    {1, "01"},
    {0x7f, "7f"},
    {0x80, "cc80"},
    {0xff, "ccff"},
    {0x100, "cd0100"},
    {0xffff, "cdffff"},
    {0x10000, "ce00010000"},
    {0xffffffff, "ceffffffff"},
    {0x100000000, "cf0000000100000000"},
    {UINT64_MAX, "cfffffffffffffffff"},
};

TEST(MsgPack, NumbersHaveTheirShortestForm) {
    for (const auto &[value, encoded] : numbers) {
        EXPECT_EQ(encoded, written([v = value](Writer &out) { out.uint(v); }));
        const Bytes bytes = hex(encoded);
        Reader in = reader(bytes);
        EXPECT_EQ(value, in.uint());
        in.end();
    }
}

TEST(MsgPack, SignedNumbersHaveTheirShortestForm) {
    const std::vector<std::pair<std::int64_t, const char *>> values{
        {0, "00"},
        {127, "7f"},
        {128, "cc80"},
        {-1, "ff"},
        {-32, "e0"},
        {-33, "d0df"},
        {-128, "d080"},
        {-129, "d1ff7f"},
        {-32768, "d18000"},
        {-32769, "d2ffff7fff"},
        {-3104, "d1f3e0"},
        {-2147483648LL, "d280000000"},
        {-2147483649LL, "d3ffffffff7fffffff"},
        {std::numeric_limits<std::int64_t>::min(), "d38000000000000000"},
        {std::numeric_limits<std::int64_t>::max(), "cf7fffffffffffffff"},
    };
    for (const auto &[value, encoded] : values) {
        EXPECT_EQ(encoded, written([v = value](Writer &out) { out.sint(v); }));
        const Bytes bytes = hex(encoded);
        Reader in = reader(bytes);
        EXPECT_EQ(value, in.sint()) << encoded;
        in.end();
    }
}

TEST(MsgPack, EveryLongerFormOfANumberIsRefused) {
    for (const char *encoded :
         {"cc00", "cc7f", "cd0000", "cd00ff", "ce00000000", "ce0000ffff", "cf0000000000000000", "cf00000000ffffffff"}) {
        const Bytes bytes = hex(encoded);
        EXPECT_EQ(Errc::bad_message, code_of([&] { reader(bytes).uint(); })) << encoded;
    }
    for (const char *encoded : {"d0ff", "d0e0", "d000", "d07f", "d1ff80", "d10001", "d2ffff8000", "d3ffffffff80000000",
                                "d30000000000000001"}) {
        const Bytes bytes = hex(encoded);
        EXPECT_EQ(Errc::bad_message, code_of([&] { reader(bytes).sint(); })) << encoded;
    }
}

TEST(MsgPack, LengthsHaveTheirShortestFormAndNoOtherIsRead) {
    const auto text = [](std::size_t size) { return std::string(size, 'x'); };
    const auto starts = [&](std::size_t size) { return written([&](Writer &o) { o.str(text(size)); }).substr(0, 10); };
    EXPECT_EQ("a0", starts(0));
    EXPECT_EQ("bf78787878", starts(31));
    EXPECT_EQ("d920787878", starts(32));
    EXPECT_EQ("d9ff787878", starts(255));
    EXPECT_EQ("da01007878", starts(256));
    EXPECT_EQ("daffff7878", starts(65535));
    EXPECT_EQ("db00010000", starts(65536));
    const auto binary = [&](std::size_t size) { return written([&](Writer &o) { o.bin(Bytes(size)); }).substr(0, 10); };
    EXPECT_EQ("c400", binary(0));
    EXPECT_EQ("c4ff000000", binary(255));
    EXPECT_EQ("c501000000", binary(256));
    EXPECT_EQ("c600010000", binary(65536));
    const auto array = [&](std::size_t count) { return written([&](Writer &o) { o.array(count); }); };
    EXPECT_EQ("90", array(0));
    EXPECT_EQ("9f", array(15));
    EXPECT_EQ("dc0010", array(16));
    EXPECT_EQ("dcffff", array(65535));
    EXPECT_EQ("dd00010000", array(65536));

    for (const char *encoded : {"d90161",
                                "d91f"
                                "61616161616161616161616161616161616161616161616161616161616161",
                                "da000161", "db0000000161"}) {
        const Bytes bytes = hex(encoded);
        EXPECT_EQ(Errc::bad_message, code_of([&] { reader(bytes).str(100); })) << encoded;
    }
    for (const char *encoded : {"c5000161", "c60000000161"}) {
        const Bytes bytes = hex(encoded);
        EXPECT_EQ(Errc::bad_message, code_of([&] { reader(bytes).bin(100); })) << encoded;
    }
    for (const char *encoded : {"dc000100", "dd0000000100"}) {
        const Bytes bytes = hex(encoded);
        EXPECT_EQ(Errc::bad_message, code_of([&] { reader(bytes).array(100); })) << encoded;
    }
}

TEST(MsgPack, WhatIsWrittenIsReadBack) {
    const Bytes32 hash = test::filled(7);
    Writer out;
    out.array(8).nil().boolean(true).boolean(false).uint(300).sint(-3104).str("gr\xc3\xbc\xc3\x9f").bin(hash).array(0);
    const Bytes bytes = out.take();
    Reader in = reader(bytes);
    in.array_of(8);
    EXPECT_TRUE(in.is_nil());
    in.nil();
    EXPECT_FALSE(in.is_nil());
    EXPECT_TRUE(in.boolean());
    EXPECT_FALSE(in.boolean());
    EXPECT_EQ(300u, in.uint());
    EXPECT_EQ(-3104, in.sint());
    EXPECT_EQ("gr\xc3\xbc\xc3\x9f", in.str(7));
    EXPECT_EQ(hash, in.fixed<32>());
    EXPECT_TRUE(in.is_array());
    EXPECT_EQ(0u, in.array(0));
    in.end();
}

TEST(MsgPack, LongValuesAreReadBack) {
    for (const std::size_t size : {31u, 32u, 255u, 256u, 65535u, 65536u, 70000u}) {
        Writer out;
        out.str(std::string(size, 'x')).bin(Bytes(size, 9));
        const Bytes bytes = out.take();
        Reader in = reader(bytes);
        EXPECT_EQ(std::string(size, 'x'), in.str(size));
        EXPECT_EQ(size, in.bin(size).size());
        in.end();
    }
}

TEST(MsgPack, AWriterGoesOnAfterWhatAFormatPutsFirst) {
    Writer out(Bytes{0x53});
    EXPECT_EQ("5392", to_hex(out.array(2).take()));
}

TEST(MsgPack, AnAnnouncedLengthIsCheckedAgainstWhatIsLeft) {
    const Bytes binary = hex("c6ffffffff00"), text = hex("dbffffffff61"), array = hex("ddffffffff00");
    EXPECT_EQ(Errc::bad_message, code_of([&] { reader(binary).bin(SIZE_MAX); }));
    EXPECT_EQ(Errc::bad_message, code_of([&] { reader(text).str(SIZE_MAX); }));
    EXPECT_EQ(Errc::bad_message, code_of([&] { reader(array).array(SIZE_MAX); }));
}

TEST(MsgPack, ALimitOfTheFormatHoldsAlsoWhereTheBytesAreThere) {
    const Bytes binary = hex("c403010203"), text = hex("a3616263"), array = hex("93010203"), number = hex("64");
    EXPECT_EQ(3u, reader(binary).bin(3).size());
    EXPECT_EQ(Errc::bad_message, code_of([&] { reader(binary).bin(2); }));
    EXPECT_EQ(3u, reader(text).str(3).size());
    EXPECT_EQ(Errc::bad_message, code_of([&] { reader(text).str(2); }));
    EXPECT_EQ(3u, reader(array).array(3));
    EXPECT_EQ(Errc::bad_message, code_of([&] { reader(array).array(2); }));
    EXPECT_EQ(Errc::bad_message, code_of([&] { reader(array).array_of(4); }));
    EXPECT_EQ(Errc::bad_message, code_of([&] { reader(array).array_of(2); }));
    EXPECT_EQ(100u, reader(number).uint(100));
    EXPECT_EQ(Errc::bad_message, code_of([&] { reader(number).uint(99); }));
    EXPECT_EQ(Errc::bad_message, code_of([&] { reader(binary).fixed<2>(); }));
    EXPECT_EQ(Errc::bad_message, code_of([&] { reader(binary).fixed<4>(); }));
}

TEST(MsgPack, EveryOtherTypeIsRefused) {
    for (unsigned type = 0; type < 256; ++type) {
        Bytes bytes(80);
        bytes[0] = static_cast<Byte>(type);
        const bool is_uint = type < 0x80 || (type >= 0xcc && type <= 0xcf);
        const bool is_sint = is_uint || type >= 0xe0 || (type >= 0xd0 && type <= 0xd3);
        const bool is_str = (type >= 0xa0 && type < 0xc0) || (type >= 0xd9 && type <= 0xdb);
        const bool is_bin = type >= 0xc4 && type <= 0xc6;
        const bool is_array = (type >= 0x90 && type < 0xa0) || type == 0xdc || type == 0xdd;
        const auto says = [](const Error &error) {
            return error.message().find("something else") != std::string::npos;
        };
        const auto refuses = [&](auto read) {
            try {
                Reader in = reader(bytes);
                read(in);
            } catch (const Error &error) {
                return says(error);
            }
            return false;
        };
        EXPECT_EQ(!is_uint, refuses([](Reader &in) { in.uint(); })) << type;
        EXPECT_EQ(!is_sint, refuses([](Reader &in) { in.sint(); })) << type;
        EXPECT_EQ(!is_str, refuses([](Reader &in) { in.str(99); })) << type;
        EXPECT_EQ(!is_bin, refuses([](Reader &in) { in.bin(99); })) << type;
        EXPECT_EQ(!is_array, refuses([](Reader &in) { in.array(99); })) << type;
        EXPECT_EQ(is_array, reader(bytes).is_array()) << type;
        EXPECT_EQ(type != 0xc0, refuses([](Reader &in) { in.nil(); })) << type;
        EXPECT_EQ(type != 0xc2 && type != 0xc3, refuses([](Reader &in) { in.boolean(); })) << type;
    }
}

TEST(MsgPack, EveryCutOffValueIsRefused) {
    Writer out;
    out.array(5).uint(UINT64_MAX).sint(-70000).str(std::string(300, 'x')).bin(Bytes(300)).array(300);
    Bytes whole = out.take();
    whole.resize(whole.size() + 300, 0xc0);
    const auto read = [](ByteView bytes) {
        Reader in(bytes, "the test");
        in.array_of(5);
        in.uint();
        in.sint();
        in.str(300);
        in.bin(300);
        for (std::size_t count = in.array(300); count > 0; --count) in.nil();
        in.end();
    };
    read(whole);
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_EQ(Errc::bad_message, code_of([&] { read(ByteView(whole).first(size)); })) << size;
    whole.push_back(0);
    EXPECT_EQ(Errc::bad_message, code_of([&] { read(whole); }));
}

TEST(MsgPack, TextThatIsNotUtf8IsRefused) {
    const Bytes bytes = hex("a2c328");
    EXPECT_EQ(Errc::bad_message, code_of([&] { reader(bytes).str(9); }));
}

TEST(MsgPack, MessagesSayWhatOfWhichBytesAndTheCodeIsThatOfTheFormat) {
    const Bytes bytes = hex("92 c0 05");
    const Error error = error_of([&] {
        Reader in(bytes, "the data map", Errc::bad_data_map);
        in.array_of(2);
        in.nil();
        in.nil();
    });
    EXPECT_EQ(Errc::bad_data_map, error.code());
    EXPECT_EQ("the data map has something else where nil should be (at byte 2 of 3)", error.message());
}

} // namespace
} // namespace safe::msgpack
