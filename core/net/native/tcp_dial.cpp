#include "net/native/tcp.hpp"

namespace safe::net {
namespace {

using boost::system::error_code;

constexpr std::chrono::seconds patience{5};

// Ends what a socket waits for when that takes too long, or is cancelled.
class Watch {
  public:
    Watch(const RuntimeRef &runtime, const JobRef &job, std::shared_ptr<Socket> socket)
        : socket_(std::move(socket)), timer_(runtime->loop(), patience),
          hook_(job->cancel.on_request([socket = socket_] {
              error_code ignored;
              socket->close(ignored);
          })) {
        timer_.async_wait([late = late_, socket = socket_](error_code stopped) {
            if (stopped) return;
            *late = true;
            error_code ignored;
            socket->close(ignored);
        });
    }
    bool is_late() const { return *late_; }

  private:
    const std::shared_ptr<Socket> socket_;
    const std::shared_ptr<bool> late_ = std::make_shared<bool>(false);
    Timer timer_;
    const Cancel::Hook hook_;
};

} // namespace

Awaitable<std::shared_ptr<Stream>> dial_tcp(RuntimeRef runtime, JobRef job, Endpoint endpoint) {
    const Addresses addresses = co_await resolve(runtime, job, endpoint, false);
    const auto socket = std::make_shared<Socket>(runtime->loop());
    const Watch watch(runtime, job, socket);
    error_code problem = asio::error::host_not_found;
    for (const auto &address : addresses) {
        if (watch.is_late()) break;
        job->cancel.check();
        socket->close(problem);
        const auto [failed] = co_await socket->async_connect(address, asio::as_tuple(asio::use_awaitable));
        problem = failed;
        if (!problem) break;
    }
    job->cancel.check();
    if (watch.is_late()) problem = asio::error::timed_out;
    if (problem) {
        const bool refused = problem == asio::error::connection_refused;
        throw Error(Errc::connection_failed,
                    "cannot connect to " + endpoint.text() + ": " + problem.message() +
                        (refused ? "; is a vault served there?"
                                 : "; is the address right, and does a firewall let it through?"));
    }
    co_return make_tcp_stream(runtime, std::move(*socket));
}

} // namespace safe::net
