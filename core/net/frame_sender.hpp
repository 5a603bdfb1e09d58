// Puts frames on a stream, in pieces that the stream takes when it can: small ones many in a piece, one piece for all that
// has come together in the meantime. Small ones pass large ones that wait.
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
    // `sent`: called when so many bytes were sent. `failed`: called once, if the stream fails; nothing is sent from then on.
    struct Hooks {
        std::function<void(std::size_t count)> sent;
        std::function<void(Error)> failed;
    };

    FrameSender(RuntimeRef runtime, std::shared_ptr<Stream> stream, Hooks hooks)
        : runtime_(std::move(runtime)), stream_(std::move(stream)), hooks_(std::move(hooks)) {}

    // The share is held until the frame was sent. Throws DATA_TOO_LARGE.
    void push(FrameKind kind, std::uint64_t id, Frame frame, Share share = {});
    // Takes a frame back. False if it is under way, or was.
    bool take_back(std::uint64_t id);
    // Bytes that were not sent yet.
    std::size_t unsent() const { return unsent_; }
    // Sends nothing more.
    void stop();

  private:
    struct Entry {
        std::uint64_t id;
        Bytes head; // and header
        Blob payload;
        Share share;
        std::size_t size() const { return head.size() + payload.size(); }
    };
    static Awaitable<void> run(std::shared_ptr<FrameSender> self);
    static Awaitable<void> put(std::shared_ptr<FrameSender> self, Blob bytes);
    Bytes gather(Entry &large);

    const RuntimeRef runtime_;
    const std::shared_ptr<Stream> stream_;
    Hooks hooks_;
    std::deque<Entry> small_, large_; // without and with a payload that goes by itself
    std::size_t unsent_ = 0;
    bool running_ = false;
    bool stopped_ = false;
};

} // namespace safe::net
