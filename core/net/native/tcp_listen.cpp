#include "net/native/tcp.hpp"

namespace safe::net {
namespace {

using asio::ip::tcp;
using boost::system::error_code;

constexpr std::chrono::milliseconds breath{100};

bool is_of_want(const error_code &problem) {
    return problem == boost::system::errc::too_many_files_open ||
           problem == boost::system::errc::too_many_files_open_in_system || problem == asio::error::no_buffer_space ||
           problem == asio::error::no_memory;
}

class TcpListener : public Listener {
  public:
    TcpListener(RuntimeRef runtime, Endpoint asked, tcp::endpoint address)
        : runtime_(std::move(runtime)), acceptor_(runtime_->loop()), pause_(runtime_->loop()),
          bound_(std::move(asked)) {
        acceptor_.open(address.protocol());
        acceptor_.set_option(tcp::acceptor::reuse_address(true));
        acceptor_.bind(address);
        acceptor_.listen();
        bound_.port = acceptor_.local_endpoint().port();
    }
    ~TcpListener() override { close(); }

    Awaitable<Accepted> accept() override {
        for (;;) {
            if (closed_) throw Error(Errc::closed, "the listener was closed");
            auto [problem, socket] = co_await acceptor_.async_accept(asio::as_tuple(asio::use_awaitable));
            if (problem && is_of_want(problem)) {
                // Connections that end give back what is missing here; until then the others wait in the backlog.
                pause_.expires_after(breath);
                co_await pause_.async_wait(asio::as_tuple(asio::use_awaitable));
            }
            if (problem) continue;
            error_code gone;
            const tcp::endpoint from = socket.remote_endpoint(gone);
            if (gone) continue;
            co_return Accepted{make_tcp_stream(runtime_, std::move(socket)), from.address().to_string()};
        }
    }

    void close() override {
        if (std::exchange(closed_, true)) return;
        error_code ignored;
        acceptor_.close(ignored);
        pause_.cancel();
    }

    Endpoint bound() const override { return bound_; }

  private:
    const RuntimeRef runtime_;
    tcp::acceptor acceptor_;
    Timer pause_;
    Endpoint bound_;
    bool closed_ = false;
};

} // namespace

Awaitable<std::shared_ptr<Listener>> listen_tcp(RuntimeRef runtime, JobRef job, Endpoint endpoint) {
    const Addresses addresses = co_await resolve(runtime, job, endpoint, true);
    try {
        co_return std::make_shared<TcpListener>(runtime, endpoint, addresses.front());
    } catch (const boost::system::system_error &problem) {
        throw Error(Errc::connection_failed, "cannot listen at " + endpoint.text() + ": " + problem.code().message() +
                                                 "; choose another address or port (0: any free one)");
    }
}

} // namespace safe::net
