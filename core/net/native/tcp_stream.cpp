#include "net/native/tcp.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>

namespace safe::net {
namespace {

using boost::system::error_code;

class TcpStream : public Stream {
  public:
    TcpStream(RuntimeRef runtime, Socket socket) : runtime_(std::move(runtime)), socket_(std::move(socket)) {
        error_code ignored; // of a socket that has been closed already: its next use tells
        socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
        socket_.non_blocking(true, ignored);
    }
    ~TcpStream() override { close(); }

    Awaitable<void> send(Blob bytes) override {
        check_open();
        const auto view = bytes.view();
        const auto [problem, size] = co_await asio::async_write(socket_, asio::buffer(view.data(), view.size()),
                                                                asio::as_tuple(asio::use_awaitable));
        if (problem) throw failure("send", problem);
    }

    // Memory is taken only when there is something to put into it: thousands of connections are idle.
    Awaitable<Blob> receive() override {
        check_open();
        error_code problem;
        std::size_t there = socket_.available(problem);
        if (there == 0 && !problem) {
            const auto [waited] = co_await socket_.async_wait(Socket::wait_read, asio::as_tuple(asio::use_awaitable));
            if (waited) throw failure("receive", waited);
            there = socket_.available(problem); // none: the end, or a failure
        }
        Buffer buffer(runtime_->buffers(), std::clamp<std::size_t>(there, 1, max_piece));
        const auto [failed, size] = co_await socket_.async_read_some(asio::buffer(buffer.data(), buffer.capacity()),
                                                                     asio::as_tuple(asio::use_awaitable));
        if (failed == asio::error::eof) co_return Blob();
        if (failed) throw failure("receive", failed);
        buffer.resize(size);
        co_return Blob(std::move(buffer));
    }

    void close() override {
        if (std::exchange(closed_, true)) return;
        error_code ignored; // nobody can do anything about it any more
        socket_.shutdown(Socket::shutdown_both, ignored);
        socket_.close(ignored);
    }

  private:
    void check_open() const {
        if (closed_) throw Error(Errc::closed, "the connection was closed");
    }
    Error failure(const char *what, const error_code &problem) const {
        if (closed_) return {Errc::closed, "the connection was closed"};
        return {Errc::connection_failed,
                "the connection broke (" + std::string(what) + ": " + problem.message() + "); connect again"};
    }

    const RuntimeRef runtime_;
    Socket socket_;
    bool closed_ = false;
};

} // namespace

std::shared_ptr<Stream> make_tcp_stream(RuntimeRef runtime, Socket socket) {
    return std::make_shared<TcpStream>(std::move(runtime), std::move(socket));
}

} // namespace safe::net
