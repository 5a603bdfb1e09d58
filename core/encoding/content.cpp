#include "encoding/content.hpp"

#include "base/error.hpp"
#include "base/limits.hpp"
#include "encoding/msgpack.hpp"
#include "encoding/text.hpp"

#include <string>

namespace safe {
namespace {

// Our envelope: this byte, then the MessagePack array [format, value] (docs/formats.md, "Content descriptor"). As
// MessagePack the byte would be the number 83, which no data map is.
constexpr Byte envelope = 0x53;
constexpr std::uint64_t format_inline = 0; // the value is bin: the content itself

constexpr Byte upstream_map = 0x93; // an array of three
constexpr Byte upstream_json = '{'; // an old form of upstream's data map files

Bytes decode_envelope(ByteView bytes) {
    msgpack::Reader in(bytes, "the content descriptor", Errc::bad_data_map);
    in.array_of(2);
    const std::uint64_t format = in.uint();
    if (format != format_inline)
        throw Error(Errc::unsupported_format, "the content descriptor is of format " + std::to_string(format) +
                                                  ", which this library does not know; upgrade libsafe");
    const ByteView value = in.bin(limits::max_inline);
    in.end();
    return {value.begin(), value.end()};
}

} // namespace

std::uint64_t size_if_known(const Content &content) {
    if (const auto *bytes = std::get_if<Bytes>(&content)) return bytes->size();
    const auto &map = std::get<DataMap>(content);
    return map.child ? UINT64_MAX : map.size();
}

Bytes encode(const Content &content) {
    if (const auto *map = std::get_if<DataMap>(&content)) return to_msgpack(*map);
    const auto &bytes = std::get<Bytes>(content);
    if (bytes.size() > limits::max_inline)
        throw Error(Errc::invalid_argument, "content of " + std::to_string(bytes.size()) +
                                                " bytes is too large to be held inline; " +
                                                std::to_string(limits::max_inline) + " are the most");
    msgpack::Writer out(Bytes{envelope});
    out.array(2).uint(format_inline).bin(bytes);
    return out.take();
}

Content decode_content(ByteView bytes) {
    if (bytes.empty()) throw Error(Errc::bad_data_map, "the data map is empty (0 bytes)");
    switch (bytes.front()) {
    case envelope: return decode_envelope(bytes.subspan(1));
    case upstream_map: return from_msgpack(bytes);
    case upstream_json:
        throw Error(Errc::unsupported_format, "the data map is in JSON, which this library does not read; write it "
                                              "again as MessagePack with the client that made it");
    default:
        throw Error(Errc::bad_data_map, "this is not a data map: it begins with the byte 0x" + to_hex(bytes.first(1)) +
                                            ", not 0x93 (MessagePack) or 0x53 (libsafe); was it made by libsafe or an "
                                            "Autonomi client, and is it the map and not the content?");
    }
}

} // namespace safe
