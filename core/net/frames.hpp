// Frames on a stream of bytes (docs/protocol.md, "Frames on a stream"): a head of fixed size, the header, the payload.
#pragma once

#include "net/channel.hpp"

#include <cstdint>
#include <optional>

namespace safe::net {

enum class FrameKind : std::uint8_t {
    request = 1,
    reply = 2,
    cancel = 3, // of a call: its reply is not wanted any more
    alive = 4,  // nothing, but that
    going = 5,  // the vault ends soon: no more requests on this connection
};

// Who sends a frame, and so which kinds there are.
enum class End { client, vault };

// A frame and the number of the call that it belongs to; 0 for what belongs to none.
struct NumberedFrame {
    FrameKind kind = FrameKind::request;
    std::uint64_t id = 0;
    Frame frame = {};
};

constexpr std::size_t frame_head_size = 22;
constexpr std::size_t max_frame_header = 128 * 1024; // the longest failure with all its details has half of that
constexpr std::size_t max_frame_payload = 5 * 1024 * 1024;
constexpr std::size_t large_payload = Buffer::pooled_from; // one that is paid for before room is made for it

// Appends head and header; the payload follows as it is. Throws DATA_TOO_LARGE, with nothing appended.
void encode_frame(Bytes &out, FrameKind kind, std::uint64_t id, const Frame &frame);

// Takes bytes in pieces of any size, and gives frames. What is wrong is refused as soon as it is seen, and nothing is
// made room for that is above the limits.
class FrameDecoder {
  public:
    // `from`: frames that only the other end sends are refused.
    FrameDecoder(BufferPoolRef pool, End from) : pool_(std::move(pool)), from_(from) {}

    // Takes bytes from the front of `bytes` up to the end of a frame, which it returns; nothing if they end before that, or
    // if it waits for room. Throws BAD_MESSAGE, and is of no use then.
    std::optional<NumberedFrame> feed(ByteView &bytes);

    // Bytes that a large payload needs; then nothing is taken before it has room. 0: it waits for none.
    std::size_t waits_for() const { return waits_ ? payload_size_ : 0; }
    // The share is held as long as the payload.
    void make_room(Share share);

    // Whether no frame has begun.
    bool between_frames() const { return !begun_; }

  private:
    void open(ByteView head); // looks at it
    void read_head(ByteView &bytes);

    const BufferPoolRef pool_;
    const End from_;
    Bytes head_; // of which not all is there
    bool begun_ = false, open_ = false, waits_ = false;
    FrameKind kind_ = FrameKind::request;
    std::uint64_t id_ = 0;
    std::uint32_t deadline_ = 0;
    std::size_t header_size_ = 0, payload_size_ = 0;
    Bytes header_;
    Buffer payload_;
    Share share_;
};

} // namespace safe::net
