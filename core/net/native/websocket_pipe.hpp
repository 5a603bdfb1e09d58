// What Beast reads from and writes to: a stream of ours, in the form of Asio's. So that WebSocket works over TCP and TLS alike.
#pragma once

#include "net/stream.hpp"

#include "base/error.hpp"
#include "base/runtime.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/role.hpp>
#include <boost/beast/core/stream_traits.hpp>

#include <functional>
#include <memory>
#include <optional>

namespace safe::net {

// Loop thread. One read and one write at a time. Whoever waits here keeps it alive.
class Pipe : public std::enable_shared_from_this<Pipe> {
  public:
    using Done = std::function<void(boost::system::error_code, std::size_t)>;

    Pipe(RuntimeRef runtime, std::shared_ptr<Stream> stream)
        : runtime_(std::move(runtime)), stream_(std::move(stream)) {}

    // `to` must live until `done` is called, which is never at once.
    void read(asio::mutable_buffer to, Done done);
    // Takes the bytes with it.
    void write(Blob bytes, Done done);
    // Bytes that were read, but belong to what comes next.
    void put_back(Blob bytes) { rest_ = std::move(bytes); }

    bool is_writing() const { return writing_; }
    // Why the stream failed, if it did.
    const std::optional<Error> &failure() const { return failure_; }
    // Nothing is read or written any more, but by whoever has the stream.
    void shut() { shut_ = true; }
    const std::shared_ptr<Stream> &stream() const { return stream_; }
    Loop &loop() const { return runtime_->loop(); }

  private:
    static Awaitable<void> read_on(std::shared_ptr<Pipe> self, asio::mutable_buffer to, Done done);
    static Awaitable<void> write_on(std::shared_ptr<Pipe> self, Blob bytes, Done done);
    std::size_t take(asio::mutable_buffer to);
    void note_failure();
    void finish(Done done, boost::system::error_code problem, std::size_t size);

    const RuntimeRef runtime_;
    const std::shared_ptr<Stream> stream_;
    Blob rest_; // received, and not read yet
    bool writing_ = false, shut_ = false;
    std::optional<Error> failure_;
};
using PipeRef = std::shared_ptr<Pipe>;

// Asio's form of it (its requirements AsyncReadStream and AsyncWriteStream; Beast's for a next layer).
class PipeEnd {
  public:
    using executor_type = Loop::executor_type;

    explicit PipeEnd(PipeRef pipe) : pipe_(std::move(pipe)) {}
    executor_type get_executor() const { return pipe_->loop().get_executor(); }
    void close() { pipe_->stream()->close(); }

    template <class Buffers, class Token>
    auto async_read_some(const Buffers &buffers, Token &&token) {
        asio::mutable_buffer to;
        for (auto at = asio::buffer_sequence_begin(buffers); at != asio::buffer_sequence_end(buffers); ++at)
            if (to.size() == 0) to = *at;
        return asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
            [](auto handler, PipeRef pipe, asio::mutable_buffer where) {
                pipe->read(where, shared(std::move(handler)));
            },
            token, pipe_, to);
    }

    template <class Buffers, class Token>
    auto async_write_some(const Buffers &buffers, Token &&token) {
        Buffer all(nullptr, asio::buffer_size(buffers));
        all.resize(all.capacity());
        asio::buffer_copy(asio::buffer(all.data(), all.size()), buffers);
        return asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
            [](auto handler, PipeRef pipe, Blob bytes) { pipe->write(std::move(bytes), shared(std::move(handler))); },
            token, pipe_, Blob(std::move(all)));
    }

  private:
    // Handlers are moved, never copied.
    template <class Handler>
    static Pipe::Done shared(Handler handler) {
        return [held = std::make_shared<Handler>(std::move(handler))](boost::system::error_code problem,
                                                                      std::size_t size) {
            Handler last(std::move(*held));
            last(problem, size);
        };
    }

    PipeRef pipe_;
};

// The end of a WebSocket's closing handshake. Who has closed properly waits for nobody.
template <class Handler>
void async_teardown(boost::beast::role_type, PipeEnd &end, Handler &&handler) {
    end.close();
    asio::post(end.get_executor(),
               boost::beast::bind_front_handler(std::forward<Handler>(handler), boost::system::error_code()));
}

inline void beast_close_socket(PipeEnd &end) { end.close(); }

} // namespace safe::net
