// Links: pasted, typed and sent by anybody. The input is taken as a text, and once more as the fields of a link of each
// kind with a checksum that fits, since no mutation would find one.
#include "encoding/link.hpp"
#include "crypto/hash.hpp"
#include "encoding/text.hpp"
#include "fuzz/fuzz.hpp"

namespace {

using namespace safe;

void parse(std::string_view text) {
    const auto link = fuzz::accepted([&] { return parse_link(text); }, {Errc::bad_link});
    if (link) fuzz::expect(to_text(*link) == text, "one link has one text");
}

void parse_fields(std::string_view kind, ByteView fields) {
    crypto::Blake3 hash;
    hash.update(view_of("safe-link-1"));
    hash.update(view_of(kind));
    hash.update(fields);
    const Bytes32 digest = hash.digest();
    Bytes bytes(fields.begin(), fields.end());
    bytes.insert(bytes.end(), digest.begin(), digest.begin() + 4);
    parse("safe:" + std::string(kind) + "-" + to_base32(bytes));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
    const ByteView input{data, size};
    parse(text_of(input));
    parse_fields("public", input);
    parse_fields("private", input);
    return 0;
}
