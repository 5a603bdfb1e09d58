// Frames on a stream of bytes (docs/protocol.md, "Frames on a stream"): a head of fixed size, the header, the payload.
#pragma once

#include "net/channel.hpp"

#include <cstdint>
#include <optional>

namespace safe::net {

enum class FrameKind : std::uint8_t { request = 1, reply = 2 };

// A frame and the number of the call that it belongs to.
struct NumberedFrame {
    std::uint64_t id = 0;
    Frame frame;
};

constexpr std::size_t frame_head_size = 18;
constexpr std::size_t max_frame_header = 128 * 1024; // the longest failure with all its details has half of that
constexpr std::size_t max_frame_payload = 5 * 1024 * 1024;

// Head and header; the payload follows as it is. Throws DATA_TOO_LARGE.
Bytes encode_frame(FrameKind kind, std::uint64_t id, const Frame &frame);

// Takes bytes in pieces of any size, and gives frames. What is wrong is refused as soon as it is seen, and nothing is
// made room for that is above the limits.
class FrameDecoder {
  public:
    // `wanted`: frames of the other kind are refused.
    FrameDecoder(BufferPoolRef pool, FrameKind wanted) : pool_(std::move(pool)), wanted_(wanted) {}

    // Takes bytes from the front of `bytes` up to the end of a frame, which it returns; nothing if they end before that.
    // Throws BAD_MESSAGE, and is of no use then.
    std::optional<NumberedFrame> feed(ByteView &bytes);

    // Whether no frame has begun.
    bool between_frames() const { return head_.empty(); }

  private:
    void open(); // looks at the head

    const BufferPoolRef pool_;
    const FrameKind wanted_;
    Bytes head_;
    std::uint64_t id_ = 0;
    std::size_t header_size_ = 0, payload_size_ = 0;
    Bytes header_;
    Buffer payload_;
};

} // namespace safe::net
