// What the upstream crate makes of the same inputs (tests/golden/c2.json, frozen from the oracle).
#include "recipe.hpp"

#include <algorithm>

namespace safe {
namespace {

using namespace test;

DataMap map_of(const nlohmann::json &json) {
    DataMap map;
    for (const auto &info : json.at("chunk_identifiers")) {
        ChunkInfo chunk;
        chunk.index = info.at("index");
        chunk.size = info.at("src_size");
        const Bytes address = unhex(info.at("dst_hash").get<std::string>());
        const Bytes hash = unhex(info.at("src_hash").get<std::string>());
        std::copy(address.begin(), address.end(), chunk.address.begin());
        std::copy(hash.begin(), hash.end(), chunk.content_hash.begin());
        map.chunks.push_back(chunk);
    }
    if (!json.at("child").is_null()) map.child = json.at("child").get<std::uint64_t>();
    return map;
}

TEST(Golden, MapsAndChunksAreThoseOfTheUpstreamCrate) {
    TestLoop loop;
    const auto vectors = golden("c2.json").at("vectors");
    ASSERT_GT(vectors.size(), 10u);
    for (const auto &vector : vectors) {
        SCOPED_TRACE(vector.at("recipe").dump() + " of " + vector.at("len").dump());
        const Bytes data = make_input(vector.at("recipe"), vector.at("len"));
        ASSERT_EQ(vector.at("len").get<std::size_t>(), data.size());
        ChunkStore store;
        const Encoded encoded = encode(loop, data, Feed::known, store);
        EXPECT_EQ(map_of(vector.at("datamap")), std::get<DataMap>(encoded.content));
        std::map<std::string, std::uint64_t> expected, made;
        for (const auto &chunk : vector.at("chunks")) {
            expected[chunk.at("name")] = chunk.at("size");
            if (!chunk.contains("bytes")) continue;
            const Bytes bytes = unhex(chunk.at("bytes").get<std::string>());
            EXPECT_EQ(1, std::count_if(store.chunks.begin(), store.chunks.end(),
                                       [&](const auto &stored) { return stored.second == bytes; }));
        }
        for (const StoredChunk &chunk : encoded.chunks) made[hex(chunk.address)] = chunk.size;
        EXPECT_EQ(expected, made);
        EXPECT_EQ(data, decode(loop, encoded.content, store));
    }
}

} // namespace
} // namespace safe
