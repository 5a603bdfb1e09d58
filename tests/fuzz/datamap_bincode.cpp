// Data maps as they are inside shrunk maps: a stranger's chunk decrypts to these bytes.
#include "encoding/data_map.hpp"
#include "fuzz/fuzz.hpp"

#include <algorithm>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
    using namespace safe;
    const ByteView input{data, size};
    const auto map = fuzz::accepted([&] { return from_bincode(input); }, {Errc::bad_data_map});
    if (!map) return 0;
    check(*map);
    const Bytes again = to_bincode(*map);
    fuzz::expect(std::equal(again.begin(), again.end(), input.begin(), input.end()), "one map has one bincode form");
    fuzz::expect(from_msgpack(to_msgpack(*map)) == *map, "the map survives MessagePack");
    return 0;
}
