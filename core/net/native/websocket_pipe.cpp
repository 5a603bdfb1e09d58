#include "net/native/websocket_pipe.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>
#include <cstring>

namespace safe::net {

using boost::system::error_code;

// What waits for a stream is not called from within its own request for it.
void Pipe::finish(Done done, error_code problem, std::size_t size) {
    asio::post(runtime_->loop(), [done = std::move(done), problem, size] { done(problem, size); });
}

std::size_t Pipe::take(asio::mutable_buffer to) {
    const std::size_t size = std::min(to.size(), rest_.size());
    if (size == 0) return 0;
    std::memcpy(to.data(), rest_.view().data(), size);
    rest_ = size == rest_.size() ? Blob() : rest_.part(size, rest_.size() - size);
    return size;
}

// The first one: the others may be told no more than that the stream was closed because of it.
void Pipe::note_failure() {
    if (!failure_) failure_ = current_error();
}

void Pipe::read(asio::mutable_buffer to, Done done) {
    if (shut_) return finish(std::move(done), asio::error::operation_aborted, 0);
    if (to.size() == 0 || rest_.size() > 0) {
        const std::size_t size = take(to);
        return finish(std::move(done), error_code(), size);
    }
    asio::co_spawn(runtime_->loop(), read_on(shared_from_this(), to, std::move(done)), asio::detached);
}

Awaitable<void> Pipe::read_on(std::shared_ptr<Pipe> self, asio::mutable_buffer to, Done done) {
    error_code problem;
    std::size_t size = 0;
    try {
        self->rest_ = co_await self->stream_->receive();
        size = self->take(to);
        if (size == 0) problem = asio::error::eof;
    } catch (...) {
        self->note_failure();
        problem = asio::error::operation_aborted;
    }
    self->finish(std::move(done), problem, size);
}

void Pipe::write(Blob bytes, Done done) {
    if (shut_) return finish(std::move(done), asio::error::operation_aborted, 0);
    if (bytes.size() == 0) return finish(std::move(done), error_code(), 0);
    asio::co_spawn(runtime_->loop(), write_on(shared_from_this(), std::move(bytes), std::move(done)), asio::detached);
}

Awaitable<void> Pipe::write_on(std::shared_ptr<Pipe> self, Blob bytes, Done done) {
    error_code problem;
    std::size_t size = bytes.size();
    self->writing_ = true;
    try {
        co_await self->stream_->send(std::move(bytes));
    } catch (...) {
        self->note_failure();
        problem = asio::error::operation_aborted;
        size = 0;
    }
    self->writing_ = false;
    self->finish(std::move(done), problem, size);
}

} // namespace safe::net
