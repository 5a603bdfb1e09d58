// Puts frames on a stream, one after the other, in pieces that the stream takes when it can.
#pragma once

#include "net/frames.hpp"
#include "net/stream.hpp"

#include <deque>
#include <functional>
#include <memory>

namespace safe::net {

// Loop thread.
class FrameSender : public std::enable_shared_from_this<FrameSender> {
  public:
    using Failed = std::function<void(Error)>;

    // `failed`: called once, if the stream fails; nothing is sent from then on.
    FrameSender(RuntimeRef runtime, std::shared_ptr<Stream> stream, FrameKind kind, Failed failed)
        : runtime_(std::move(runtime)), stream_(std::move(stream)), kind_(kind), failed_(std::move(failed)) {}

    // The gate opens when the frame was sent, or will not be. Throws DATA_TOO_LARGE.
    std::shared_ptr<Gate> push(std::uint64_t id, Frame frame);
    // Takes a frame back. False if it is under way, or was.
    bool take_back(std::uint64_t id);
    // Sends nothing more.
    void stop();

  private:
    struct Entry {
        std::uint64_t id;
        Bytes head; // and header
        Blob payload;
        std::shared_ptr<Gate> over;
    };
    static Awaitable<void> run(std::shared_ptr<FrameSender> self);
    static Awaitable<void> put(std::shared_ptr<Stream> stream, Blob bytes);

    const RuntimeRef runtime_;
    const std::shared_ptr<Stream> stream_;
    const FrameKind kind_;
    const Failed failed_;
    std::deque<Entry> queue_;
    bool running_ = false;
    bool stopped_ = false;
};

} // namespace safe::net
