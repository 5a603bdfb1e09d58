// TCP by Asio, on the loop.
#pragma once

#include "net/listener.hpp"

#include "base/error.hpp"

#include <boost/asio/ip/tcp.hpp>

namespace safe::net {

using Socket = asio::ip::tcp::socket;

std::shared_ptr<Stream> make_tcp_stream(RuntimeRef runtime, Socket socket);
Awaitable<std::shared_ptr<Stream>> dial_tcp(RuntimeRef runtime, JobRef job, Endpoint endpoint);
Awaitable<std::shared_ptr<Listener>> listen_tcp(RuntimeRef runtime, JobRef job, Endpoint endpoint);

// The addresses of a host, found on an I/O thread since the system's resolver blocks.
using Addresses = std::vector<asio::ip::tcp::endpoint>;
Awaitable<Addresses> resolve(RuntimeRef runtime, JobRef job, Endpoint endpoint, bool to_listen);

} // namespace safe::net
