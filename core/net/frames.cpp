#include "net/frames.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <string>

namespace safe::net {
namespace {

constexpr Byte version = 2;

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

bool sends(End end, Byte kind) {
    switch (static_cast<FrameKind>(kind)) {
    case FrameKind::request:
    case FrameKind::cancel: return end == End::client;
    case FrameKind::reply:
    case FrameKind::going: return end == End::vault;
    case FrameKind::alive: return true;
    }
    return false;
}

// Moves bytes from the front of one to the other, until that has `wanted`. Whether it has.
bool fill(Bytes &out, std::size_t wanted, ByteView &bytes) {
    const std::size_t count = std::min(wanted - out.size(), bytes.size());
    out.insert(out.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(count));
    bytes = bytes.subspan(count);
    return out.size() == wanted;
}

} // namespace

void encode_frame(Bytes &out, FrameKind kind, std::uint64_t id, const Frame &frame) {
    check_size(frame.header.size(), max_frame_header, "header");
    check_size(frame.payload.size(), max_frame_payload, "payload");
    out.push_back(version);
    out.push_back(static_cast<Byte>(kind));
    put_big_endian(out, id, 8);
    put_big_endian(out, frame.deadline_ms, 4);
    put_big_endian(out, frame.header.size(), 4);
    put_big_endian(out, frame.payload.size(), 4);
    out.insert(out.end(), frame.header.begin(), frame.header.end());
}

// A first byte that is wrong says that this is something else altogether: the rest is not waited for.
void FrameDecoder::open(ByteView head) {
    if (head[0] != version) refuse("its version is " + std::to_string(head[0]) + ", not " + std::to_string(version));
    if (head.size() < frame_head_size) return;
    if (!sends(from_, head[1]))
        refuse(from_ == End::client ? "one that a client sends was expected; is the other side a vault too?"
                                    : "one that a vault sends was expected; is the other side a client too?");
    kind_ = static_cast<FrameKind>(head[1]);
    id_ = big_endian(head.subspan(2, 8));
    deadline_ = static_cast<std::uint32_t>(big_endian(head.subspan(10, 4)));
    header_size_ = static_cast<std::size_t>(big_endian(head.subspan(14, 4)));
    payload_size_ = static_cast<std::size_t>(big_endian(head.subspan(18, 4)));
    const bool of_call = kind_ != FrameKind::alive && kind_ != FrameKind::going;
    if ((id_ == 0) == of_call) refuse(of_call ? "its number is 0" : "it has a number, but belongs to no call");
    if (deadline_ != 0 && kind_ != FrameKind::request) refuse("only a request has a deadline");
    const bool carries = kind_ == FrameKind::request || kind_ == FrameKind::reply;
    if ((header_size_ == 0) == carries || header_size_ > max_frame_header)
        refuse("its header has " + std::to_string(header_size_) + " bytes; the limit is " +
               std::to_string(carries ? max_frame_header : 0));
    if (payload_size_ > (carries ? max_frame_payload : 0))
        refuse("its payload has " + std::to_string(payload_size_) + " bytes; the limit is " +
               std::to_string(carries ? max_frame_payload : 0));
    header_.reserve(header_size_);
    open_ = true;
    waits_ = payload_size_ >= large_payload;
}

void FrameDecoder::read_head(ByteView &bytes) {
    begun_ = true;
    if (head_.empty() && bytes.size() >= frame_head_size) {
        open(bytes);
        bytes = bytes.subspan(frame_head_size);
        return;
    }
    fill(head_, frame_head_size, bytes);
    open(head_);
    if (open_) head_.clear();
}

void FrameDecoder::make_room(Share share) {
    share_ = std::move(share);
    payload_ = Buffer(pool_, payload_size_);
    waits_ = false;
}

std::optional<NumberedFrame> FrameDecoder::feed(ByteView &bytes) {
    if (waits_ || (bytes.empty() && !open_)) return std::nullopt;
    if (!open_) read_head(bytes);
    if (!open_ || waits_ || !fill(header_, header_size_, bytes)) return std::nullopt;
    if (payload_size_ > 0) {
        if (!payload_) make_room(Share());
        const std::size_t count = std::min(payload_size_ - payload_.size(), bytes.size());
        payload_.append(bytes.first(count));
        bytes = bytes.subspan(count);
        if (payload_.size() < payload_size_) return std::nullopt;
    }
    NumberedFrame whole{kind_, id_, Frame{std::exchange(header_, {}), Blob(), true, deadline_}};
    if (payload_) whole.frame.payload = Blob(std::exchange(payload_, {}), std::exchange(share_, {}));
    begun_ = open_ = false;
    return whole;
}

} // namespace safe::net
