// What an address leads to: the first bytes that a reader gets from a vault.
#include "encoding/content.hpp"
#include "fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
    using namespace safe;
    const ByteView input{data, size};
    const auto content =
        fuzz::accepted([&] { return decode_content(input); }, {Errc::bad_data_map, Errc::unsupported_format});
    if (!content) return 0;
    fuzz::expect(decode_content(encode(*content)) == *content, "the content survives its descriptor");
    (void)size_if_known(*content);
    return 0;
}
