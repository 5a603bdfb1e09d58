#include "net/native/tcp.hpp"

#include "base/unless_cancelled.hpp"

namespace safe::net {
namespace {

using asio::ip::tcp;

Addresses look_up(const Endpoint &endpoint, bool to_listen) {
    asio::io_context unused;
    tcp::resolver resolver(unused);
    auto flags = tcp::resolver::numeric_service;
    if (to_listen) flags |= tcp::resolver::passive;
    boost::system::error_code problem;
    const auto found = resolver.resolve(endpoint.host, std::to_string(endpoint.port), flags, problem);
    if (problem)
        throw Error(Errc::connection_failed, "cannot find the address of " + endpoint.host + ": " + problem.message() +
                                                 "; is the name right, and is this machine on the network?");
    Addresses addresses;
    for (const auto &entry : found) addresses.push_back(entry.endpoint());
    return addresses;
}

Awaitable<Addresses> look_up_on_io(RuntimeRef runtime, Endpoint endpoint, bool to_listen) {
    auto work = [endpoint = std::move(endpoint), to_listen] { return look_up(endpoint, to_listen); };
    co_return co_await runtime->on_io(std::move(work));
}

} // namespace

Awaitable<Addresses> resolve(RuntimeRef runtime, JobRef job, Endpoint endpoint, bool to_listen) {
    boost::system::error_code no_number;
    const auto address = asio::ip::make_address(endpoint.host, no_number);
    if (!no_number) co_return Addresses{tcp::endpoint(address, endpoint.port)};
    Awaitable<Addresses> work = look_up_on_io(runtime, std::move(endpoint), to_listen);
    work = unless_cancelled(runtime, std::move(job), std::move(work));
    co_return co_await std::move(work);
}

} // namespace safe::net
