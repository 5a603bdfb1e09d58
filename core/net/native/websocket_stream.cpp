#include "net/native/websocket_stream.hpp"

#include "net/deadline.hpp"

#include <algorithm>

namespace safe::net {
namespace {

using boost::system::error_code;

// What is waited for with: thousands of connections are idle. The rest of a larger message is made room for when it comes.
constexpr std::size_t first_room = 1536;
constexpr std::chrono::milliseconds farewell_time{1000};

Error closed_by_other_side() {
    return {Errc::connection_failed, "the other side has closed the connection; connect again"};
}

} // namespace

WebSocketStream::WebSocketStream(RuntimeRef runtime, std::shared_ptr<Stream> stream)
    : runtime_(std::move(runtime)), pipe_(std::make_shared<Pipe>(runtime_, std::move(stream))),
      socket_(PipeEnd(pipe_)) {
    socket_.binary(true);
    socket_.auto_fragment(false);
    socket_.read_message_max(max_message);
}

void WebSocketStream::check_open() const {
    if (closed_) throw Error(Errc::closed, "the connection was closed");
    if (failure_) throw *failure_;
}

Error WebSocketStream::failure(const std::string &what, const error_code &problem) const {
    if (closed_) return {Errc::closed, "the connection was closed"};
    if (failure_) return *failure_;
    if (state_ == State::over) return closed_by_other_side();
    if (pipe_->failure()) return *pipe_->failure();
    if (problem.category() == make_error_code(websocket::error::closed).category())
        return {Errc::bad_message, "what comes over the connection is no WebSocket of a vault or its client (" + what +
                                       ": " + problem.message() + ")"};
    return {Errc::connection_failed, "the connection broke (" + what + ": " + problem.message() + "); connect again"};
}

void WebSocketStream::fail(Error error) {
    if (!failure_) failure_ = std::move(error);
    state_ = State::over;
    pipe_->shut();
    pipe_->stream()->close();
}

Awaitable<void> WebSocketStream::ready(std::shared_ptr<WebSocketStream> self) {
    if (self->state_ == State::fresh && !self->closed_) {
        self->state_ = State::opening;
        self->opening_ = std::make_shared<Gate>(self->runtime_->loop());
        try {
            co_await self->begin();
            self->state_ = State::open;
        } catch (...) {
            self->fail(current_error());
        }
        std::exchange(self->opening_, nullptr)->open();
    } else if (const auto opening = self->opening_) {
        co_await opening->wait();
    }
    self->check_open();
}

Awaitable<void> WebSocketStream::send(std::shared_ptr<WebSocketStream> self, Blob bytes) {
    if (self->state_ != State::open) co_await ready(self);
    self->check_open();
    if (self->state_ == State::over) throw closed_by_other_side();
    const auto message = asio::buffer(bytes.view().data(), bytes.size());
    const auto [problem, size] = co_await self->socket_.async_write(message, asio::as_tuple(asio::use_awaitable));
    if (problem) throw self->failure("send", problem);
}

Awaitable<Blob> WebSocketStream::receive(std::shared_ptr<WebSocketStream> self) {
    if (self->state_ != State::open) co_await ready(self);
    self->check_open();
    auto &socket = self->socket_;
    Buffer piece(self->runtime_->buffers(), first_room);
    std::size_t have = 0;
    while (self->state_ != State::over) {
        const auto room = asio::buffer(piece.data() + have, piece.capacity() - have);
        const auto [problem, size] = co_await socket.async_read_some(room, asio::as_tuple(asio::use_awaitable));
        if (problem == websocket::error::closed || problem == asio::error::eof) {
            self->state_ = State::over;
            self->pipe_->stream()->close();
            break;
        }
        if (problem) self->fail(self->failure("receive", problem));
        if (!problem && socket.got_text())
            self->fail(Error(Errc::bad_message, "the other side sends text over the WebSocket, not binary messages"));
        self->check_open();
        have += size;
        if (have > 0 && (socket.is_message_done() || have == max_message)) {
            piece.resize(have);
            co_return Blob(std::move(piece));
        }
        const std::size_t wanted = std::min(max_message, have + socket.read_size_hint(first_room));
        if (wanted <= piece.capacity()) continue;
        Buffer larger(self->runtime_->buffers(), wanted);
        std::copy_n(piece.data(), have, larger.data());
        piece = std::move(larger);
    }
    self->check_open();
    co_return Blob();
}

void WebSocketStream::close() {
    if (std::exchange(closed_, true)) return;
    pipe_->shut();
    if (state_ == State::open && !pipe_->is_writing()) {
        asio::co_spawn(runtime_->loop(), farewell(shared_from_this()), asio::detached);
        return;
    }
    pipe_->stream()->close();
}

Awaitable<void> WebSocketStream::farewell(std::shared_ptr<WebSocketStream> self) {
    const std::shared_ptr<Stream> stream = self->pipe_->stream();
    const Deadline deadline(self->runtime_, std::make_shared<Job>(), stream, farewell_time);
    try {
        Blob frame = self->close_frame();
        co_await stream->send(std::move(frame));
    } catch (...) {
        // Whoever does not take it sees the connection end.
    }
    stream->close();
}

} // namespace safe::net
