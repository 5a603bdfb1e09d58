// What both sides of a WebSocket do: messages as pieces of a stream of bytes.
#pragma once

#include "net/native/websocket_pipe.hpp"

#include <boost/beast/websocket/stream.hpp>

namespace safe::net {

namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;

class WebSocketStream : public Stream, public std::enable_shared_from_this<WebSocketStream> {
  public:
    // No message is larger: a piece of ours is one.
    static constexpr std::size_t max_message = max_piece;

    WebSocketStream(RuntimeRef runtime, std::shared_ptr<Stream> stream);
    ~WebSocketStream() override { pipe_->stream()->close(); }

    Awaitable<void> send(Blob bytes) override { return send(shared_from_this(), std::move(bytes)); }
    Awaitable<Blob> receive() override { return receive(shared_from_this()); }
    // Sends a Close frame first, if nothing is being sent.
    void close() override;

  protected:
    // The handshake.
    virtual Awaitable<void> begin() = 0;
    virtual Blob close_frame() const = 0;
    Error failure(const std::string &what, const boost::system::error_code &problem) const;

    const RuntimeRef runtime_;
    const PipeRef pipe_;
    websocket::stream<PipeEnd, false> socket_; // never compresses

  private:
    enum class State { fresh, opening, open, over };

    // Until the handshake is done. Whoever comes while it is under way waits for it.
    static Awaitable<void> ready(std::shared_ptr<WebSocketStream> self);
    static Awaitable<void> send(std::shared_ptr<WebSocketStream> self, Blob bytes);
    static Awaitable<Blob> receive(std::shared_ptr<WebSocketStream> self);
    static Awaitable<void> farewell(std::shared_ptr<WebSocketStream> self);
    void check_open() const;
    void fail(Error error);

    State state_ = State::fresh;
    bool closed_ = false;
    std::shared_ptr<Gate> opening_; // what is waited for while it is
    std::optional<Error> failure_;  // why it is over, if not because the other side has closed
};

} // namespace safe::net
