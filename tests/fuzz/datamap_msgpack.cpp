// Data maps at the edge: public chunks and .datamap files that anybody can write.
#include "encoding/data_map.hpp"
#include "fuzz/fuzz.hpp"

#include <algorithm>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
    using namespace safe;
    const ByteView input{data, size};
    const auto map = fuzz::accepted([&] { return from_msgpack(input); }, {Errc::bad_data_map});
    if (!map) return 0;
    check(*map);
    const Bytes again = to_msgpack(*map);
    fuzz::expect(from_msgpack(again) == *map, "the map survives MessagePack");
    fuzz::expect(from_bincode(to_bincode(*map)) == *map, "the map survives bincode");
    // Hashes may also come as binary of 32 bytes; then the form that is written is another, of another length.
    const bool as_written = std::equal(again.begin(), again.end(), input.begin(), input.end());
    const bool has_binary = std::find(input.begin(), input.end(), Byte{0xc4}) != input.end();
    fuzz::expect(as_written || has_binary, "a map with hashes as arrays has one form");
    return 0;
}
