#include "encoding/data_map.hpp"

#include "base/limits.hpp"
#include "crypto/hash.hpp"
#include "unit/encoding/support.hpp"

#include <nlohmann/json.hpp>

#include <fstream>
#include <functional>

namespace safe {
namespace {

using test::code_of;
using test::error_of;
using test::filled;
using test::hex;
using test::sample_map;

// ant-client's tests/datamap_file.rs, "known_data_map", and its two serialisations (reference/self_encryption.md C.4).
DataMap known_map() {
    return {{{0, filled(0x11), filled(0x22), 1024}, {1, filled(0x33), filled(0x44), 2048}}, std::nullopt};
}
constexpr const char *known_bincode =
    "0102000000000000000000000000000000111111111111111111111111111111111111111111111111111111111111111122222222"
    "2222222222222222222222222222222222222222222222222222222200040000000000000100000000000000333333333333333333"
    "3333333333333333333333333333333333333333333333444444444444444444444444444444444444444444444444444444444444"
    "4444000800000000000000";
constexpr const char *known_msgpack =
    "9301929400dc00201111111111111111111111111111111111111111111111111111111111111111dc002022222222222222222222"
    "22222222222222222222222222222222222222222222cd04009401dc00203333333333333333333333333333333333333333333333"
    "333333333333333333dc00204444444444444444444444444444444444444444444444444444444444444444cd0800c0";

TEST(DataMap, SerialisesAsUpstreamDoes) {
    EXPECT_EQ(known_bincode, to_hex(to_bincode(known_map())));
    EXPECT_EQ(known_msgpack, to_hex(to_msgpack(known_map())));
    EXPECT_EQ(known_map(), from_bincode(hex(known_bincode)));
    EXPECT_EQ(known_map(), from_msgpack(hex(known_msgpack)));
}

TEST(DataMap, AMapOfAMapEndsWithItsLevelInBothForms) {
    DataMap map = known_map();
    map.child = 3;
    EXPECT_TRUE(to_hex(to_bincode(map)).ends_with("010300000000000000"));
    EXPECT_TRUE(to_hex(to_msgpack(map)).ends_with("cd080003"));
    EXPECT_EQ(map, from_bincode(to_bincode(map)));
    EXPECT_EQ(map, from_msgpack(to_msgpack(map)));
}

// The data maps of tests/golden/c2.json (from the oracle), serialised: sizes and BLAKE3 as an independent
// implementation derived them (reference/self_encryption.md C.4). The second hash is the public address.
struct Serialised {
    std::uint64_t content_size;
    std::size_t bincode_size;
    const char *bincode_hash;
    std::size_t msgpack_size;
    const char *msgpack_hash;
};
constexpr Serialised serialised[] = {
    {3, 250, "8ed7cffa885aa7f9ea938312c7aeb0dc99dd67164be73f27497cfaaeb1c9cb05", 317,
     "62d184f5a8a6f0586f82e3a08358a4bdc32f7b3660125ff36de650fd323654b7"},
    {13, 250, "34b3f0c8d391c4a934293886b760a7a27ff1b20ab2d00f5e2895168bc648778e", 326,
     "ab2a034f760246cf742f4378a47189153a7b0d8ad000a0758ebf0881011491d8"},
    {3072, 250, "0db31963cc14be8504b92afbb5792d808021e0a89d34e42bc0c96cbb67a9647e", 343,
     "6cf507223ec8053be69d813616888da6cc5fa1bb014255cb24d7e2e267ddadc8"},
    {13000, 250, "bd341caf507f075552e54f10f7eca857ca559ebe85fcf6558e85a987f2a468f3", 331,
     "be9c71010f3d323e7d6f2d76e1843e1df9bb9674885c49a588606d0701a1d5f1"},
    {1000000, 250, "dd158dd133e2b10146c92653160e92979257bfd32a765560eec0e6d85a19d726", 330,
     "425e4279777045f2afc51ef8843804e3be56f04c135f29b4e567fcd65fa2f08d"},
    {12570623, 250, "e79e597e0e8d4df2a727d9da0f3fa6efdefe1d97d933f164b1784090ada82493", 328,
     "b339ae0100ccf0297bc417aaa9de296614e98129b9d27ca58c05adcfe5890ec6"},
    {12570624, 250, "96593db5576ecc4c0df2bf62db90a29a129f7b5def8ea75859b3670615297518", 338,
     "e3a7af3e3041c40c953afc612665acd45a1d06930eb321f88caaaa45ba98fcbf"},
    {12570625, 258, "65e62e1d6785a98647cd612df6facd42a471467ba1e1d6ad3f87aca99b44d00f", 334,
     "f09fb9e5a1d659d5ec9a2948f7abc7a495907d9a4aacbb8bf0f4fc9c3885661b"},
    {20951140, 258, "d8b6763395adcc278ef0136566c1bea1cbd18d951aebd4224913a20c7309cb37", 309,
     "e5a268edea26a6c529d2987f2d3c50222798f81423e2e971c5312cbf23bb34e2"},
};

std::vector<nlohmann::json> golden_vectors() {
    std::ifstream file(SAFE_SOURCE_DIR "/tests/golden/c2.json");
    return nlohmann::json::parse(file).at("vectors").get<std::vector<nlohmann::json>>();
}

DataMap map_of(const nlohmann::json &json) {
    DataMap map;
    for (const auto &info : json.at("chunk_identifiers"))
        map.chunks.push_back({info.at("index"), bytes32_from_hex(info.at("dst_hash").get<std::string>()).value(),
                              bytes32_from_hex(info.at("src_hash").get<std::string>()).value(), info.at("src_size")});
    if (!json.at("child").is_null()) map.child = json.at("child");
    return map;
}

TEST(DataMap, TheOraclesMapsHaveTheAddressesThatWereDerivedForThem) {
    std::size_t found = 0;
    const auto vectors = golden_vectors();
    for (const Serialised &expected : serialised)
        for (const auto &vector : vectors) {
            if (vector.at("len") != expected.content_size) continue;
            const DataMap map = map_of(vector.at("datamap"));
            const Bytes bincode = to_bincode(map), msgpack = to_msgpack(map);
            if (to_hex(crypto::blake3(bincode)) != expected.bincode_hash) continue; // other content of the same size
            ++found;
            EXPECT_EQ(expected.bincode_size, bincode.size());
            EXPECT_EQ(expected.msgpack_size, msgpack.size());
            EXPECT_EQ(expected.msgpack_hash, to_hex(crypto::blake3(msgpack)));
        }
    EXPECT_EQ(std::size(serialised), found);
}

TEST(DataMap, EveryGoldenMapIsReadBackFromBothForms) {
    for (const auto &vector : golden_vectors()) {
        const DataMap map = map_of(vector.at("datamap"));
        EXPECT_EQ(map, from_bincode(to_bincode(map)));
        EXPECT_EQ(map, from_msgpack(to_msgpack(map)));
    }
}

TEST(DataMap, BincodeHas80BytesForEachChunk) {
    EXPECT_EQ(250u, to_bincode(sample_map(3)).size());
    EXPECT_EQ(258u, to_bincode(sample_map(3, 1)).size());
    EXPECT_EQ(10u + 80 * 1000, to_bincode(sample_map(1000)).size());
}

TEST(DataMap, MsgpackHashesMayAlsoBeBinary) {
    Bytes as_binary = hex("93 01 91 94 00");
    for (const Byte byte : {0x11, 0x22}) {
        as_binary.insert(as_binary.end(), {0xc4, 32});
        as_binary.insert(as_binary.end(), 32, byte);
    }
    as_binary.insert(as_binary.end(), {0x05, 0xc0});
    const DataMap map{{{0, filled(0x11), filled(0x22), 5}}, std::nullopt};
    EXPECT_EQ(map, from_msgpack(as_binary));
    EXPECT_NE(as_binary, to_msgpack(map)); // upstream's form is the one that is written
}

TEST(DataMap, TheMostChunksAndOneMore) {
    const DataMap most = sample_map(limits::max_chunks);
    EXPECT_EQ(most, from_bincode(to_bincode(most)));
    EXPECT_EQ(most, from_msgpack(to_msgpack(most)));
    const DataMap more = sample_map(limits::max_chunks + 1);
    EXPECT_EQ(Errc::bad_data_map, code_of([&] { check(more); }));
    EXPECT_EQ(Errc::bad_data_map, code_of([&] { from_bincode(to_bincode(more)); }));
    EXPECT_EQ(Errc::bad_data_map, code_of([&] { from_msgpack(to_msgpack(more)); }));
}

TEST(DataMap, SizeIsTheSumAndAnOverflowIsAnError) {
    EXPECT_EQ(3072u, known_map().size());
    DataMap map = known_map();
    map.chunks[0].size = UINT64_MAX;
    map.chunks[1].size = 1;
    EXPECT_EQ(Errc::bad_data_map, code_of([&] { (void)map.size(); }));
}

// Maps that no reader can follow: each is refused by check() and by both decoders.
TEST(DataMap, HostileMapsAreRefusedInEveryForm) {
    const std::pair<const char *, std::function<void(DataMap &)>> faults[] = {
        {"names no chunk", [](DataMap &map) { map.chunks.clear(); }},
        {"has chunk 2 where chunk 1 should be", [](DataMap &map) { map.chunks[1].index = 2; }},
        {"has chunk 0 where chunk 1 should be", [](DataMap &map) { map.chunks[1].index = 0; }},
        {"has chunk 1 where chunk 0 should be", [](DataMap &map) { std::swap(map.chunks[0], map.chunks[1]); }},
        {"gives chunk 2 a size of 0 bytes", [](DataMap &map) { map.chunks[2].size = 0; }},
        {"gives chunk 0 a size of 4194305 bytes", [](DataMap &map) { map.chunks[0].size = 4194305; }},
        {"gives chunk 0 a size of 18446744073709551615 bytes", [](DataMap &map) { map.chunks[0].size = UINT64_MAX; }},
        {"is 101 levels deep", [](DataMap &map) { map.child = 101; }},
        {"is 18446744073709551615 levels deep", [](DataMap &map) { map.child = UINT64_MAX; }},
    };
    for (const auto &[message, spoil] : faults) {
        DataMap map = sample_map(3);
        spoil(map);
        for (const Error &error : {error_of([&] { check(map); }), error_of([&] { from_bincode(to_bincode(map)); }),
                                   error_of([&] { from_msgpack(to_msgpack(map)); })}) {
            EXPECT_EQ(Errc::bad_data_map, error.code()) << message;
            EXPECT_NE(std::string::npos, error.message().find(message)) << error.message();
        }
    }
}

TEST(DataMap, TheDeepestMapAndTheLargestChunkAreTaken) {
    DataMap map = sample_map(3, limits::max_map_depth);
    map.chunks[0].size = limits::max_stored_chunk;
    EXPECT_EQ(map, from_bincode(to_bincode(map)));
    EXPECT_EQ(map, from_msgpack(to_msgpack(map)));
}

TEST(DataMap, EveryCutOffOrProlongedMapIsRefused) {
    for (const std::optional<std::uint64_t> child : {std::optional<std::uint64_t>(), std::optional<std::uint64_t>(1)}) {
        const DataMap map = sample_map(3, child);
        Bytes bincode = to_bincode(map), msgpack = to_msgpack(map);
        for (std::size_t size = 0; size < bincode.size(); ++size)
            EXPECT_EQ(Errc::bad_data_map, code_of([&] { from_bincode(ByteView(bincode).first(size)); })) << size;
        for (std::size_t size = 0; size < msgpack.size(); ++size)
            EXPECT_EQ(Errc::bad_data_map, code_of([&] { from_msgpack(ByteView(msgpack).first(size)); })) << size;
        bincode.push_back(0);
        msgpack.push_back(0);
        EXPECT_EQ(Errc::bad_data_map, code_of([&] { from_bincode(bincode); }));
        EXPECT_EQ(Errc::bad_data_map, code_of([&] { from_msgpack(msgpack); }));
    }
}

// A count of 2^61 and more must neither be multiplied nor allocated.
TEST(DataMap, AnAnnouncedCountIsCheckedBeforeAnythingIsAllocated) {
    for (const char *count : {"ffffffffffffffff", "0000000000000020", "0100000000000000", "cc65020000000000"})
        EXPECT_EQ(Errc::bad_data_map, code_of([&] { from_bincode(hex(std::string("01") + count + "00")); })) << count;
    Bytes bytes = hex("93 01 dd 000265cc"); // 157,132 chunks in 200 kB of something
    bytes.resize(200'000, 0x90);
    // Right behind the count: no entry was looked at, so no room was made for them.
    EXPECT_EQ("the data map ends too early (at byte 7 of 200000)", error_of([&] { from_msgpack(bytes); }).message());
}

TEST(DataMap, AnotherVersionIsNamed) {
    Bytes bincode = to_bincode(known_map()), msgpack = to_msgpack(known_map());
    bincode[0] = 2;
    msgpack[1] = 2;
    const std::string message = "the data map has version 2, this library reads version 1; upgrade libsafe, or it is "
                                "not a data map";
    EXPECT_EQ(message, error_of([&] { from_bincode(bincode); }).message());
    EXPECT_EQ(message, error_of([&] { from_msgpack(msgpack); }).message());
}

TEST(DataMap, AnOptionByteThatIsNeitherIsRefused) {
    Bytes bytes = to_bincode(known_map());
    bytes.back() = 2;
    EXPECT_EQ(Errc::bad_data_map, code_of([&] { from_bincode(bytes); }));
}

TEST(DataMap, HashesOfAnotherLengthAreRefused) {
    Bytes bytes = to_msgpack(known_map());
    ASSERT_EQ(0x20, bytes[7]); // dc 00 20: an array of 32
    bytes[7] = 0x21;
    EXPECT_EQ(Errc::bad_data_map, code_of([&] { from_msgpack(bytes); }));
    bytes[7] = 0x1f;
    EXPECT_EQ(Errc::bad_data_map, code_of([&] { from_msgpack(bytes); }));
}

} // namespace
} // namespace safe
