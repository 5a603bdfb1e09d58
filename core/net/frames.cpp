#include "net/frames.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <string>

namespace safe::net {
namespace {

constexpr Byte version = 1;

void put_big_endian(Bytes &out, std::uint64_t value, unsigned size) {
    for (unsigned i = size; i > 0; --i) out.push_back(static_cast<Byte>(value >> (8 * (i - 1))));
}

std::uint64_t big_endian(ByteView bytes) {
    std::uint64_t value = 0;
    for (const Byte byte : bytes) value = value << 8 | byte;
    return value;
}

void check_size(std::size_t size, std::size_t most, const char *what) {
    if (size <= most) return;
    throw Error(Errc::data_too_large,
                "a frame's " + std::string(what) + " cannot have " + std::to_string(size) + " bytes; the limit is " +
                    std::to_string(most),
                {{"limit", most}});
}

[[noreturn]] void refuse(const std::string &what) {
    throw Error(Errc::bad_message, "what the other side sends is no frame of this protocol: " + what);
}

// Moves bytes from the front of one to the other, until that has `wanted`. Whether it has.
bool fill(Bytes &out, std::size_t wanted, ByteView &bytes) {
    const std::size_t count = std::min(wanted - out.size(), bytes.size());
    out.insert(out.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(count));
    bytes = bytes.subspan(count);
    return out.size() == wanted;
}

} // namespace

Bytes encode_frame(FrameKind kind, std::uint64_t id, const Frame &frame) {
    check_size(frame.header.size(), max_frame_header, "header");
    check_size(frame.payload.size(), max_frame_payload, "payload");
    Bytes out;
    out.reserve(frame_head_size + frame.header.size());
    out.push_back(version);
    out.push_back(static_cast<Byte>(kind));
    put_big_endian(out, id, 8);
    put_big_endian(out, frame.header.size(), 4);
    put_big_endian(out, frame.payload.size(), 4);
    out.insert(out.end(), frame.header.begin(), frame.header.end());
    return out;
}

void FrameDecoder::open() {
    const ByteView head(head_);
    // A first byte that is wrong says that this is something else altogether: the rest is not waited for.
    if (head[0] != version) refuse("its version is " + std::to_string(head[0]) + ", not " + std::to_string(version));
    if (head.size() < frame_head_size) return;
    if (head[1] != static_cast<Byte>(wanted_))
        refuse(wanted_ == FrameKind::request ? "a request was expected; is the other side a vault too?"
                                             : "a reply was expected; is the other side a client too?");
    id_ = big_endian(head.subspan(2, 8));
    header_size_ = static_cast<std::size_t>(big_endian(head.subspan(10, 4)));
    payload_size_ = static_cast<std::size_t>(big_endian(head.subspan(14, 4)));
    if (id_ == 0) refuse("its number is 0");
    if (header_size_ == 0 || header_size_ > max_frame_header)
        refuse("its header has " + std::to_string(header_size_) + " bytes; the limit is " +
               std::to_string(max_frame_header));
    if (payload_size_ > max_frame_payload)
        refuse("its payload has " + std::to_string(payload_size_) + " bytes; the limit is " +
               std::to_string(max_frame_payload));
    header_.reserve(header_size_);
}

std::optional<NumberedFrame> FrameDecoder::feed(ByteView &bytes) {
    if (bytes.empty()) return std::nullopt;
    if (head_.size() < frame_head_size) {
        const bool whole = fill(head_, frame_head_size, bytes);
        open();
        if (!whole) return std::nullopt;
    }
    if (!fill(header_, header_size_, bytes)) return std::nullopt;
    if (payload_size_ > 0) {
        if (!payload_) payload_ = Buffer(pool_, payload_size_);
        const std::size_t count = std::min(payload_size_ - payload_.size(), bytes.size());
        payload_.append(bytes.first(count));
        bytes = bytes.subspan(count);
        if (payload_.size() < payload_size_) return std::nullopt;
    }
    NumberedFrame whole{id_, Frame{std::exchange(header_, {}), Blob()}};
    if (payload_) whole.frame.payload = Blob(std::exchange(payload_, {}));
    head_.clear();
    return whole;
}

} // namespace safe::net
